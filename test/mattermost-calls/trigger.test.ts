/** A `trigger_id` opens one admin's session, whichever replica it comes to, and again after a restart. */
import {generateKeyPairSync, sign} from 'node:crypto';
import {expect, test} from 'vitest';
import {createProof} from '../../bridge/mattermost-calls/trigger.ts';
import {onBothDatabases} from '../store/both-databases.ts';

const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const PUBLIC = publicKey.export({format: 'der', type: 'spki'}).toString('base64');
const USER = 'u'.repeat(26);

const triggerAt = (at: number, id = 'i'.repeat(26)): string => {
    const data = `${id}:${USER}:${at}:`;
    return Buffer.from(data + sign('sha256', Buffer.from(data), privateKey).toString('base64')).toString('base64');
};

onBothDatabases((store) => {
    test('once for all replicas, also when both are asked at the same time', async () => {
        let at = 1_800_000_000_000;
        const [one, two] = [createProof(store.database, () => at), createProof(store.database, () => at)];
        const outcome = (prove: typeof one, trigger: string) =>
            prove(trigger, PUBLIC, USER).then(
                () => 'taken',
                (error: {code: string}) => error.code,
            );
        const trigger = triggerAt(at);
        expect((await Promise.all([outcome(one, trigger), outcome(two, trigger)])).sort()).toEqual(['not_an_admin', 'taken']);
        at += 30_000;
        expect(
            await outcome(
                createProof(store.database, () => at),
                trigger,
            ),
        ).toBe('not_an_admin');
        // What is remembered does not grow for ever.
        at += 300_000;
        expect(await outcome(one, triggerAt(at, 'j'.repeat(26)))).toBe('taken');
        const rows = await store.database.read.selectFrom('used_trigger').selectAll().execute();
        expect(rows).toHaveLength(1);
    });
});
