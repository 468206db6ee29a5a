import express, {type Express} from 'express';
import * as z from 'zod';
import {faultSchema} from '../conditions/faults.ts';
import {looksInto} from '../look.ts';
import type {Seeded} from '../seed.ts';
import type {World} from '../state/world.ts';

const latencySchema = z.strictObject({scale: z.number().nonnegative().optional(), extraMs: z.record(z.string(), z.number()).optional()});
const cutSchema = z.strictObject({userId: z.string().optional()});

/** `/_double/...`: the same knobs as in-process, for a double that runs in a process of its own. No log-in. */
export function addControlRoutes(app: Express, world: World, options: {seeded: () => Seeded; reset: () => Seeded}): void {
    const json = express.json({limit: '1mb'});

    app.get('/_double/seeded', (_req, res) => {
        res.json(options.seeded());
    });

    app.post('/_double/reset', (_req, res) => {
        res.json(options.reset());
    });

    app.get('/_double/faults', (_req, res) => {
        res.json({armed: world.faults.armed(), struck: world.faults.struck()});
    });

    /** Arms one fault or a list of them. */
    app.post('/_double/faults', json, (req, res) => {
        const parsed = z.union([faultSchema, z.array(faultSchema)]).safeParse(req.body);
        if (!parsed.success) {
            res.status(400).json({error: z.prettifyError(parsed.error)});
            return;
        }
        for (const fault of [parsed.data].flat()) {
            world.faults.add(fault);
        }
        res.json({armed: world.faults.armed()});
    });

    app.delete('/_double/faults', (_req, res) => {
        world.faults.clear();
        res.json({armed: []});
    });

    app.post('/_double/latency', json, (req, res) => {
        const parsed = latencySchema.safeParse(req.body);
        if (!parsed.success) {
            res.status(400).json({error: z.prettifyError(parsed.error)});
            return;
        }
        world.latency.scale = parsed.data.scale ?? world.latency.scale;
        for (const [route, ms] of Object.entries(parsed.data.extraMs ?? {})) {
            world.latency.extraMs.set(route, ms);
        }
        res.json({scale: world.latency.scale, extraMs: Object.fromEntries(world.latency.extraMs)});
    });

    /** Cuts event streams: of one user, or of all. */
    app.post('/_double/cut-sockets', json, (req, res) => {
        const parsed = cutSchema.safeParse(req.body ?? {});
        res.json({cut: world.hub.cut(parsed.data?.userId)});
    });

    app.get('/_double/requests', (_req, res) => {
        res.json(world.requestLog.seen());
    });

    /** Everything a test may want to compare, as plain data. */
    app.get('/_double/state', (_req, res) => {
        const look = looksInto(world);
        res.json({
            version: world.version,
            teams: [...world.teams.values()],
            users: [...world.users.values()].map(({password: _password, ...user}) => user),
            channels: [...world.channels.values()].map((channel) => ({
                ...channel,
                members: [...(world.channelMembers.get(channel.id)?.keys() ?? [])],
                posts: look.posts(channel.id, {system: true, deleted: true}),
            })),
            hooks: [...world.hooks.values()],
            commands: [...world.commands.values()],
            files: [...world.files.values()].map(({bytes: _bytes, ...file}) => file),
        });
    });
}
