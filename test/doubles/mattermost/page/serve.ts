import {readFileSync} from 'node:fs';
import type {Express} from 'express';
import type {Seeded} from '../seed.ts';
import type {World} from '../state/world.ts';

/** The page at `/`, its files, and the log-in it does by itself. */
export function addPage(app: Express, _world: World, seeded: () => Seeded): void {
    const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    app.get('/', (_req, res) => {
        res.type('html').send(file('./index.html'));
    });
    void seeded;
}
