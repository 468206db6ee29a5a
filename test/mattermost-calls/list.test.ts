import {afterAll, beforeAll, expect, it} from 'vitest';
import {type Desk, startDesk} from './desk.ts';

let desk: Desk;
beforeAll(async () => {
    desk = await startDesk();
});
afterAll(() => desk.stop());

it('says so when nobody is there', async () => {
    expect((await desk.run(desk.anna, 'queue')).text).toContain('No open web chats');
});

it('lists who waits, longest first, ten at most, without a word a visitor could play with', async () => {
    const {anna, bram} = desk;
    const hostile = await desk.open({name: '[@channel](https://evil.example) <!all>'});
    const chat = await desk.open({name: 'Sanne'});
    const answered = await desk.open({name: 'Beantwoord'});
    await desk.run(bram, 'claim', {root_id: answered.root_id});
    await desk.run(bram, 'reply Good morning', {root_id: answered.root_id});
    // Who was answered waits until the answer has arrived.
    await expect.poll(async () => (await desk.run(anna, 'status')).text).toContain('· 2 waiting ·');
    // The bridge's clock only; what comes after would be refused as too old.
    desk.later(125 * 60_000);
    const {text, skip_slack_parsing} = await desk.run(anna, 'queue');
    expect(skip_slack_parsing).toBe(true);
    const lines = text.split('\n');
    expect(lines[0]).toBe('#### Web chats · 2 waiting · 3 open · 0 yours');
    expect(lines[1]).toContain(hostile.conversation_id);
    expect(lines[2]).toContain('**Sanne** · waiting · waits 2 h 5 min · nobody yet');
    expect(lines[2]).toContain(`/hotel-aurora/pl/${chat.root_id})`);
    expect(lines[2]).toContain(`\`#${chat.conversation_id}\``);
    expect(lines[3]).toContain('**Beantwoord** · open · Ben Osei');
    expect(text).not.toContain('@channel');
    expect(text).not.toContain('](https://evil.example)');
    expect((await desk.run(anna, 'panel')).text).toBe(text);
    expect((await desk.run(bram, 'status')).text).toContain('**Beantwoord**');
    expect((await desk.run(anna, 'status')).text).toContain('aurora · test · 2 waiting · 3 open · 0 yours');
    desk.later(-125 * 60_000);
    for (let more = 0; more < 9; more++) await desk.open({name: `Gast ${more}`});
    const long = (await desk.run(anna, 'queue')).text.split('\n');
    expect(long.filter((line) => line.startsWith('- '))).toHaveLength(10);
    expect(long.at(-1)).toBe('… and 2 more');
});

it('shows and touches nothing of channels the caller is no member of', async () => {
    const {mattermost, ireserve, cleo, anna} = desk;
    const {id: channel_id} = mattermost.act.addChannel({
        teamId: mattermost.seeded.team.id,
        name: 'directors',
        type: 'P',
        members: [anna.id, mattermost.seeded.bot.id],
    });
    await desk.bridge.change({config: {routing: [{topic: 'complaint', channel_id}]}});
    // The bridge has read its new routing once it says so in another language.
    await desk.bridge.change({config: {language: 'nl'}});
    for (;;) if ((await desk.run(anna, 'help')).text.includes('oppakken')) break;
    const {conversation_id} = await ireserve.openConversation({name: 'Geheim', topic: 'complaint'});
    for (;;) if ((await desk.run(anna, `status #${conversation_id}`)).text.includes('Geheim')) break;
    expect((await desk.run(cleo, 'queue')).text).not.toContain('Geheim');
    for (const sub of ['status', 'claim', 'release', 'close', 'reopen', 'retry', 'reply', 'note', 'transfer'])
        expect((await desk.run(cleo, `${sub} #${conversation_id} hello`)).text).toContain('(`unknown_conversation`)');
    expect(desk.outbound()).not.toContain(conversation_id);
});
