import {describe, expect, it} from 'vitest';
import {channelPages, POSTS_PER_PAGE} from './channel-pages.ts';
import type {MattermostClient} from './mattermost.ts';

type Row = {id: string; create_at: number};

/** Answers as Mattermost does: newest first, and rows of one millisecond in another order with every query. */
function listing(rows: readonly Row[]) {
    let asked = 0;
    const answer = (from: readonly Row[], page: number, perPage: number) => {
        asked++;
        // Each query turns the ties round.
        const turned = asked % 2 === 0 ? [...from] : [...from].reverse();
        const shown = turned.sort((a, b) => b.create_at - a.create_at).slice(page * perPage, (page + 1) * perPage);
        return Promise.resolve({posts: Object.fromEntries(shown.map((row) => [row.id, row])), order: shown.map(({id}) => id)});
    };
    const client = {
        getPosts: (_channel: string, page: number, perPage: number) => answer(rows, page, perPage),
        getPostsBefore: (_channel: string, id: string, page: number, perPage: number) => {
            const anchor = rows.find((row) => row.id === id)?.create_at ?? 0;
            return answer(
                rows.filter(({create_at}) => create_at < anchor),
                page,
                perPage,
            );
        },
    } as unknown as Pick<MattermostClient, 'getPosts' | 'getPostsBefore'>;
    return {client, asked: () => asked};
}

async function readAll(client: Pick<MattermostClient, 'getPosts' | 'getPostsBefore'>): Promise<string[]> {
    const ids: string[] = [];
    for await (const posts of channelPages(client, 'c')) ids.push(...posts.map(({id}) => id));
    return ids;
}

const rowsOf = (count: number, perMillisecond: number): Row[] =>
    Array.from({length: count}, (_, n) => ({id: `p${n}`, create_at: 1000 + Math.floor(n / perMillisecond)}));

describe('a channel read page by page', () => {
    it.each([1, 2, 3, 7, 60, 199])('has every post once, with %i of the same millisecond', async (perMillisecond) => {
        const rows = rowsOf(3 * POSTS_PER_PAGE + 11, perMillisecond);
        const ids = await readAll(listing(rows).client);
        expect(ids.toSorted()).toEqual(rows.map(({id}) => id).toSorted());
    });

    it('comes newest first, and ends where the channel does', async () => {
        const rows = rowsOf(POSTS_PER_PAGE + 1, 1);
        const {client, asked} = listing(rows);
        expect(await readAll(client)).toEqual(rows.map(({id}) => id).reverse());
        expect(asked()).toBe(2);
        expect(await readAll(listing([]).client)).toEqual([]);
    });

    it('goes on by number where a whole page is of one millisecond, and does not stay there', async () => {
        const {client, asked} = listing(rowsOf(2 * POSTS_PER_PAGE + 5, 10_000));
        await readAll(client);
        expect(asked()).toBe(3);
    });
});
