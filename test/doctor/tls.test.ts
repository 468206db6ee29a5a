/** Certificates and TLS that are not in order, on real servers: the doctor names what is wrong and what mends it, and the log why nothing leaves. */
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest';
import {certificateEnd} from '../../bridge/doctor/probe.ts';
import type {FindingInReport} from '../../bridge/doctor/report.ts';
import {eventOf} from '../support/bridge.ts';
import {certificate, trustAuthority} from '../support/tls/certificates.ts';
import type {Twist} from './front.ts';
import {type Examined, type Installation, startInstallation} from './installation.ts';

let untrust: () => void;
let here: Installation | undefined;
beforeAll(() => {
    untrust = trustAuthority();
});
afterAll(() => untrust());
afterEach(async () => {
    await here?.end();
    here = undefined;
});

const RENEW = 'renew or correct the certificate of';
const EXTRA = 'NODE_EXTRA_CA_CERTS=FILE';

/** What the other side does, what is found in words, and the words of its fix. */
const BROKEN: {what: string; tls?: Twist['tls']; found: string; fix: string; alsoFound?: string[]}[] = [
    {
        what: 'self-signed',
        tls: certificate('self-signed'),
        found: 'its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
        fix: EXTRA,
    },
    {
        what: 'expired',
        tls: certificate('expired'),
        found: 'its certificate has expired (CERT_HAS_EXPIRED)',
        fix: RENEW,
        alsoFound: ['certificate_expires'],
    },
    {what: 'another host’s', tls: certificate('other-name'), found: 'is for another name (ERR_TLS_CERT_ALTNAME_INVALID)', fix: RENEW},
    {
        what: 'of an unknown authority',
        tls: certificate('unknown-authority'),
        found: 'of an authority that is not known here, or part of its chain is missing (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
        fix: EXTRA,
    },
    {
        what: 'TLS 1.1 only',
        tls: {...certificate('good'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0'},
        found: 'it speaks only versions of TLS before 1.2',
        fix: 'TLS 1.2 or newer',
    },
    {what: 'plain HTTP on the https port', found: 'it speaks no TLS there (ERR_SSL_WRONG_VERSION_NUMBER)', fix: 'begins with http://'},
];

const findingOf = ({report}: Examined, code: string): FindingInReport | undefined =>
    report.hops
        .flatMap(({checks}) => checks)
        .flatMap(({findings}) => findings)
        .find((finding) => finding.code === code);

it.each(BROKEN)(
    '$what: found on both sides, told in the log, and nothing is lost or doubled',
    async ({tls, found, fix, alsoFound = []}) => {
        here = await startInstallation();
        const {bridge, mattermost, ireserve, anna} = here;
        const server_url = mattermost.url;
        const {callbackUrl: callback_url} = ireserve;
        const front = async (target: string) => {
            const url = await (here as Installation).front(target, tls ? {tls} : {});
            return url.replace('http:', 'https:');
        };
        const callback = new URL(callback_url);
        const brokenCallback = (await front(callback.origin)) + callback.pathname;
        const {conversation_id, root_id} = await here.open();
        await bridge.change({config: {server_url: await front(server_url), callback_url: brokenCallback}});

        const examined = await here.examine();
        for (const code of ['server_tls', 'callback_tls', ...alsoFound]) expect(examined.codes, examined.text).toContain(code);
        for (const code of ['server_tls', 'callback_tls']) {
            const finding = findingOf(examined, code);
            expect(finding).toMatchObject({severity: 'error', text: expect.stringContaining(found), mend: expect.stringContaining(fix)});
        }
        expect(findingOf(examined, 'callback_tls')?.mend).toContain(brokenCallback);

        const reasons = async (code: string) =>
            (await bridge.database.read.selectFrom('log').select(['code', 'detail', 'direction']).where('code', '=', code).execute()).map(
                ({direction, detail}) => `${direction} ${detail}`,
            );
        const noticed = async () => (await bridge.database.read.selectFrom('notice').select('code').execute()).map(({code}) => code);
        const words = {conversation_id, message_id: 'M-tls', author: {type: 'visitor', name: 'Sanne'}, text: 'through a broken door'};
        await bridge.push(eventOf('message.created', words));
        await expect.poll(() => reasons('mattermost_tls'), {timeout: 15_000}).not.toEqual([]);
        expect(await reasons('mattermost_tls')).toEqual(expect.arrayContaining([expect.stringMatching(/^to-mattermost .*\(\w+\)$/)]));
        expect((await reasons('mattermost_tls'))[0]).toContain(found);
        await expect.poll(noticed, {timeout: 15_000}).toContain('mattermost_tls');

        await bridge.change({config: {server_url}});
        const arrived = () =>
            mattermost.look.posts(here?.mirror.id ?? '').filter(({root_id: root, message}) => root !== '' && message.includes(words.text));
        await expect.poll(() => arrived().length, {timeout: 20_000}).toBe(1);
        await bridge.listening();
        const answer = await mattermost.act.reply(anna.id, root_id, 'and back');
        await expect.poll(() => reasons('callback_tls'), {timeout: 15_000}).not.toEqual([]);
        expect((await reasons('callback_tls'))[0]).toContain(found);
        await expect.poll(noticed, {timeout: 15_000}).toEqual(['callback_tls']);
        expect(ireserve.callbackAttempts).toEqual([]);

        await bridge.change({config: {callback_url}});
        await here.marked(answer.id, 'white_check_mark');
        expect(ireserve.received.filter(({type}) => type === 'message.created')).toHaveLength(1);
        expect(arrived()).toHaveLength(1);
        await expect.poll(noticed, {timeout: 15_000}).toEqual([]);
    },
);

it('a good certificate is no finding, and its end is read without a word on the terminal', async () => {
    const warnings: string[] = [];
    const warned = ({message}: Error) => warnings.push(message);
    process.on('warning', warned);
    try {
        here = await startInstallation();
        const url = await here.front(here.mattermost.url, {tls: certificate('good')});
        await here.bridge.change({config: {server_url: url}});
        const {codes, text} = await here.examine();
        expect(
            codes.filter((code) => /tls|certificate|^server_/.test(code)),
            text,
        ).toEqual([]);
        expect(await certificateEnd(url)).toBe(Date.parse('2126-01-01T00:00:00Z'));
        expect(await certificateEnd(url.replace('127.0.0.1', 'localhost'))).toBe(Date.parse('2126-01-01T00:00:00Z'));
        expect(warnings).toEqual([]);
    } finally {
        process.off('warning', warned);
    }
});
