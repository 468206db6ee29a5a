import {describe, expect, test} from 'vitest';
import type {Answer} from './client.ts';
import {must, type Place} from './place.ts';

/** How much fits into a post. */
export function describeLimits(here: () => Place): void {
    describe('limits', () => {
        const create = (fields: Record<string, unknown>): Promise<Answer> =>
            here().bot.post('/posts', {channel_id: here().privateChannel, message: 'm', ...fields});

        test('16,383 code points fit, one more does not, and an emoji counts as one', async () => {
            expect((await create({message: 'x'.repeat(16_383)})).status).toBe(201);
            const emoji = await create({message: '😀'.repeat(16_383)});
            expect(emoji.status).toBe(201);
            expect(String(emoji.json.message)).toHaveLength(2 * 16_383);
            const tooLong = here().era === '5.37' ? 'model.post.is_valid.msg.app_error' : 'model.post.is_valid.message_length.app_error';
            for (const message of ['x'.repeat(16_384), '😀'.repeat(16_384)]) {
                expect(await create({message})).toMatchObject({status: 400, json: {id: tooLong, status_code: 400}});
            }
        });

        test('MaxPostSize in the client config says the same', async () => {
            const config = must(await here().bot.get('/config/client?format=old'), 200).json;
            expect(config.MaxPostSize).toBe('16383');
            expect(config.CollapsedThreads).toBe(here().era === '5.37' ? 'disabled' : 'always_on');
        });

        test('props: 8,000 runes on 5.x; on 11.x the request body of 300,000 bytes is the limit', async () => {
            expect((await create({props: {y: 'y'.repeat(7_000)}})).status).toBe(201);
            const eight = await create({props: {y: 'y'.repeat(8_000)}});
            if (here().era === '5.37') {
                expect(eight).toMatchObject({status: 400, json: {id: 'model.post.is_valid.props.app_error'}});
                // Go counts `<` as the six characters of its escape.
                expect((await create({props: {y: '<'.repeat(1_400)}})).status).toBe(400);
                expect((await create({props: {y: '<'.repeat(1_300)}})).status).toBe(201);
            } else {
                expect(eight.status).toBe(201);
                expect((await create({props: {y: 'y'.repeat(290_000)}})).status).toBe(201);
                const tooBig = await create({props: {y: 'y'.repeat(310_000)}});
                expect(tooBig).toMatchObject({status: 413, json: {id: 'api.context.request_body_too_large.app_error'}});
            }
        });

        test('a message of 310,000 bytes: too long on 5.x, too large a body on 11.x', async () => {
            expect((await create({message: 'x'.repeat(310_000)})).status).toBe(here().era === '5.37' ? 400 : 413);
        });

        test('type: 26 characters fit, 27 are a 500 of the database', async () => {
            expect((await create({type: `custom_${'a'.repeat(19)}`})).status).toBe(201);
            expect(await create({type: `custom_${'a'.repeat(20)}`})).toMatchObject({status: 500, json: {id: 'app.post.save.app_error'}});
        });

        test('NUL in the message is a 500', async () => {
            expect(await create({message: 'a\u0000b'})).toMatchObject({status: 500, json: {id: 'app.post.save.app_error'}});
        });

        test('NUL in props: stored on 5.x, a 500 on 11.x', async () => {
            const answer = await create({props: {k: 'a\u0000b'}});
            expect(answer.status).toBe(here().era === '5.37' ? 201 : 500);
        });

        test('10 file ids fit, 11 do not; doubled ids count once', async () => {
            const id = (n: number): string => String(n).padStart(26, 'a');
            const ids = (count: number): string[] => Array.from({length: count}, (_, n) => id(n));
            expect((await create({file_ids: ids(10)})).status).toBe(201);
            expect(await create({file_ids: ids(11)})).toMatchObject({status: 400, json: {id: 'model.post.is_valid.file_ids.app_error'}});
            expect((await create({file_ids: [...ids(10), id(0)]})).status).toBe(201);
        });
    });
}
