import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {propsOf} from '../../../bridge/to-mattermost/publish.ts';
import type {JsonObject} from '../../doubles/mattermost/start.ts';
import type {Place} from './place.ts';
import {openSink, type Sink} from './sink.ts';

/** What the server fetches of what a post links to. */
export function describeLinks(here: () => Place): void {
    let sink: Sink;
    beforeAll(async () => {
        sink = await openSink();
        const page = '<html><head><meta property="og:title" content="a page"></head></html>';
        for (const path of ['/held', '/free']) sink.answer(path, {headers: {'Content-Type': 'text/html'}, body: page});
    });
    afterAll(() => sink.close());

    describe('previews of links', () => {
        const mark = {v: 1, integration: 'i', conversation: 'c', key: 'message:m:0', kind: 'message'} as const;
        const cases = (): Record<string, {props: JsonObject; fetches: boolean}> => ({
            'nothing said': {props: {}, fetches: true},
            unsafe_links: {props: {unsafe_links: 'true'}, fetches: here().era === '5.37'},
            'an empty list of attachments': {props: {attachments: []}, fetches: false},
            'the props of the bridge': {props: propsOf(mark, {version: here().version}) as JsonObject, fetches: false},
        });

        test.each(['nothing said', 'unsafe_links', 'an empty list of attachments', 'the props of the bridge'])('%s', async (name) => {
            const {bot, privateChannel, posted} = here();
            const {props, fetches} = cases()[name] as {props: JsonObject; fetches: boolean};
            const one = `held?${encodeURIComponent(name)}=${Date.now()}`;
            const post = await posted(bot, {channel_id: privateChannel, message: `see ${sink.url(`/${one}`)} please`, props});
            // A server that fetches has done so for this later one, too.
            const other = `free?${Date.now()}`;
            await posted(bot, {channel_id: privateChannel, message: `see ${sink.url(`/${other}`)} please`});
            await sink.waitFor(`/free`);
            expect(post.message).toContain(one);
            if (fetches) await sink.waitFor('/held');
            const fetched = sink.received('/held').filter(({path}) => path === `/${one}`);
            expect(fetched.length > 0).toBe(fetches);
        });
    });
}
