import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {pin, unpin} from '../../bridge/to-ireserve/agents.ts';
import {type Scene, startScene} from './scene.ts';

/** Pushes i-Reserve's list of agents with the integration's bearer. */
const pushAgents = (scene: Scene, agents: object[]) =>
    fetch(`${scene.bridge.url}/v1/agents`, {
        method: 'PUT',
        headers: {authorization: `Bearer ${scene.bridge.token}`, 'content-type': 'application/json'},
        body: JSON.stringify({agents}),
    });

describe('whose name a visitor reads', () => {
    let scene: Scene;
    let root_id: string;

    beforeAll(async () => {
        scene = await startScene();
        ({root_id} = await scene.open());
    });
    afterAll(() => scene.stop());

    let counter = 0;
    const authorOf = async (user_id: string) => {
        const post = await scene.mattermost.act.reply(user_id, root_id, `hello ${counter++}`);
        const {data} = await scene.ireserve.waitForCallback('message.created', (callback) => callback.data.message_id === post.id);
        return data.author as {id?: string; name: string};
    };

    it('is the own one while i-Reserve has given no list, and nothing is decided', async () => {
        expect(await authorOf(scene.anna.id)).toEqual({type: 'agent', name: 'Anna Keller', mattermost_user_id: scene.anna.id});
    });

    it('is the agent’s of exactly the same address, whatever its case', async () => {
        const email = ` ${scene.anna.email.toUpperCase()} `.trim();
        expect(await (await pushAgents(scene, [{id: 'A1', name: 'A. Keller', email}])).json()).toEqual({agents: 1});
        expect(await authorOf(scene.anna.id)).toMatchObject({id: 'A1', name: 'A. Keller'});
    });

    it('stays when the address changes, and follows a new name on the list', async () => {
        scene.mattermost.act.changeEmail(scene.anna.id, 'somebody.else@hotel-aurora.example');
        await pushAgents(scene, [
            {id: 'A1', name: 'Anna K.', email: 'anna@elsewhere.example'},
            {id: 'A2', name: 'The Owner', email: 'somebody.else@hotel-aurora.example'},
        ]);
        expect(await authorOf(scene.anna.id)).toMatchObject({id: 'A1', name: 'Anna K.'});
    });

    it('is never taken by changing one’s own address to another agent’s', async () => {
        // Nobody on the list yet: that is decided now, once.
        expect(await authorOf(scene.bram.id)).not.toHaveProperty('id');
        scene.mattermost.act.changeEmail(scene.bram.id, 'somebody.else@hotel-aurora.example');
        const author = await authorOf(scene.bram.id);
        expect(author).not.toHaveProperty('id');
        expect(author.name).toBe('Ben Osei');
    });

    it('is nobody’s when two agents have one address', async () => {
        const {email} = scene.cleo;
        await pushAgents(scene, [
            {id: 'A3', name: 'One', email},
            {id: 'A4', name: 'Two', email},
        ]);
        expect(await authorOf(scene.cleo.id)).toMatchObject({name: 'Chiara Rossi'});
    });

    it('is what an admin says by hand, until that is taken back', async () => {
        const {bridge, bram} = scene;
        await bridge.database.write((tx) => pin(tx, bridge.integration.id, bram.id, {id: 'A9', name: 'Bram de Wit'}, 'hand', Date.now()));
        expect(await authorOf(bram.id)).toMatchObject({id: 'A9', name: 'Bram de Wit'});
        expect(await bridge.database.write((tx) => unpin(tx, bridge.integration.id, bram.id))).toBe(true);
        expect(await authorOf(bram.id)).toMatchObject({name: 'Ben Osei'});
    });

    it('a list that does not fit is refused, and the one before stays', async () => {
        const answer = await pushAgents(scene, [{id: 'A1', name: 'Anna', email: 'no address'}]);
        expect(answer.status).toBe(422);
        expect(await answer.json()).toMatchObject({code: 'invalid_request', errors: [{path: 'agents.0.email'}]});
        const kept = await scene.bridge.database.read.selectFrom('listed_agent').select('agent_id').execute();
        expect(kept.map(({agent_id}) => agent_id).sort()).toEqual(['A3', 'A4']);
    });
});

describe('where Mattermost hides e-mail addresses', () => {
    it('agents answer under their own names, and an admin is told once', async () => {
        const scene = await startScene({server: {config: {showEmailAddress: false}}});
        try {
            const {root_id} = await scene.open();
            await pushAgents(scene, [{id: 'A1', name: 'A. Keller', email: scene.anna.email}]);
            for (const text of ['one', 'two']) {
                const post = await scene.mattermost.act.reply(scene.anna.id, root_id, text);
                const {data} = await scene.ireserve.waitForCallback('message.created', (one) => one.data.message_id === post.id);
                expect(data.author).toEqual({type: 'agent', name: 'Anna Keller', mattermost_user_id: scene.anna.id});
            }
            const notices = await scene.bridge.database.read.selectFrom('notice').select('code').execute();
            expect(notices).toEqual([{code: 'emails_hidden'}]);
        } finally {
            await scene.stop();
        }
    });
});
