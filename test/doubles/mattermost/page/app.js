import {createClient, listen} from './client.js';
import {fillCompose} from './compose.js';
import {showDialog} from './dialog.js';
import {drawPost} from './post.js';

const find = (id) => document.getElementById(id);

const seeded = await (await fetch('/_double/seeded')).json();
const wanted = new URLSearchParams(location.search);
const me = seeded.agents.find(({username}) => username === wanted.get('as')) ?? seeded.agents[0];
const client = createClient(me.token);

/** Everything drawn comes from here; events change it and ask for a redraw. */
const state = {
    channels: [],
    channel: undefined,
    posts: new Map(),
    thread: undefined,
    unread: new Set(),
    people: new Map(),
    names: new Map(),
};

const context = {
    people: state.people,
    names: state.names,
    me: me.username,
    picture: (id) => client.picture(id),
    download: (file) => client.download(file.id, file.name),
    replyCount: (rootId) =>
        [...state.posts.values()].filter((post) => post.root_id === rootId && post.delete_at === 0 && post.type !== 'system_ephemeral')
            .length,
    /** A picture has come in and pushes what is below it down. */
    grown: () => ends.forEach(toEnd),
    openThread(rootId) {
        state.thread = rootId;
        draw();
        toEnd(find('replies'));
        find('new-reply').querySelector('textarea').focus();
    },
    async press(post, actionId, selected) {
        await client
            .post(`/posts/${post.id}/actions/${actionId}`, {selected_option: selected ?? ''})
            .catch((problem) => alert(problem.message));
    },
};

function draw() {
    drawChannels();
    const roots = [];
    const replies = [];
    for (const post of [...state.posts.values()].sort((a, b) => a.create_at - b.create_at)) {
        if (post.root_id === '') {
            roots.push(post);
        }
        if (post.id === state.thread || post.root_id === state.thread) {
            replies.push(post);
        }
    }
    drawList(find('roots'), roots, {});
    find('thread').hidden = state.thread === undefined;
    drawList(find('replies'), replies, {inThread: true});
    if (roots.length === 0) {
        const empty = document.createElement('li');
        empty.className = 'empty';
        empty.textContent = 'Nothing here yet.';
        find('roots').append(empty);
    }
}

/** The lists that show their newest post, and shall go on doing so. */
const ends = new Set();

function toEnd(list) {
    list.scrollTop = list.scrollHeight;
    ends.add(list);
}

/** Stays at the bottom when it was there. */
function drawList(list, posts, options) {
    const before = list.scrollTop;
    const atEnd = ends.has(list);
    list.replaceChildren(...posts.map((post) => drawPost(post, context, options)));
    if (atEnd) {
        toEnd(list);
    } else {
        list.scrollTop = before;
    }
}

function drawChannels() {
    const items = state.channels.map((channel) => {
        const item = document.createElement('li');
        const button = document.createElement('button');
        button.type = 'button';
        button.append(channelSign(channel), channel.display_name);
        button.className = state.unread.has(channel.id) ? 'unread' : '';
        if (channel.id === state.channel?.id) {
            button.setAttribute('aria-current', 'true');
        }
        button.onclick = () => void openChannel(channel);
        item.append(button);
        return item;
    });
    find('channels').replaceChildren(...items);
}

/** A hash for a public channel, a drawn lock (no font needed) for a private one. */
function channelSign(channel) {
    const sign = document.createElement('span');
    sign.className = channel.type === 'P' ? 'sign lock' : 'sign';
    sign.textContent = channel.type === 'P' ? '' : '#';
    return sign;
}

async function openChannel(channel) {
    state.channel = channel;
    state.thread = undefined;
    state.unread.delete(channel.id);
    history.replaceState(null, '', `?as=${me.username}&channel=${channel.name}`);
    find('channel-name').textContent = channel.display_name;
    const kind = channel.type === 'P' ? 'private' : 'public';
    find('channel-info').textContent = [kind, channel.delete_at > 0 ? 'archived' : '', channel.header].filter(Boolean).join(' · ');
    fillCompose(find('new-post'), `Write to ${channel.display_name}`, (text) => send(text, ''));
    fillCompose(find('new-reply'), 'Reply to this thread', (text) => send(text, state.thread));
    await load();
}

async function load() {
    const list = await client.get(`/channels/${state.channel.id}/posts?per_page=200`);
    state.posts = new Map(Object.entries(list.posts));
    await learnPeople([...state.posts.values()].map((post) => post.user_id));
    draw();
    toEnd(find('roots'));
}

async function send(text, rootId) {
    if (text.startsWith('/')) {
        await client.post('/commands/execute', {channel_id: state.channel.id, team_id: seeded.team.id, command: text, root_id: rootId});
        return;
    }
    await client.post('/posts', {channel_id: state.channel.id, root_id: rootId, message: text, pending_post_id: `${me.id}:${Date.now()}`});
}

async function learnPeople(ids) {
    const unknown = [...new Set(ids)].filter((id) => !state.people.has(id));
    if (unknown.length === 0) {
        return;
    }
    for (const user of await client.post('/users/ids', unknown)) {
        state.people.set(user.id, user);
        state.names.set(user.username, user);
    }
}

async function onEvent({event, data, broadcast}) {
    const post = data.post === undefined ? undefined : JSON.parse(data.post);
    const here = (post?.channel_id ?? broadcast.channel_id) === state.channel?.id;
    if (event === 'posted' && !here) {
        state.unread.add(post.channel_id);
        drawChannels();
        return;
    }
    if ((event === 'posted' || event === 'post_edited' || event === 'ephemeral_message') && here) {
        await learnPeople([post.user_id]);
        state.posts.set(post.id, {...post, edit_at: post.edit_at ?? 0, delete_at: post.delete_at ?? 0, root_id: post.root_id ?? ''});
        draw();
    } else if (event === 'post_deleted' && here) {
        for (const one of state.posts.values()) {
            if (one.id === post.id || one.root_id === post.id) {
                one.delete_at = Date.now();
            }
        }
        draw();
    } else if ((event === 'reaction_added' || event === 'reaction_removed') && here) {
        const {post_id} = JSON.parse(data.reaction);
        state.posts.set(post_id, await client.get(`/posts/${post_id}`));
        draw();
    } else if (event === 'typing' && here) {
        await showTyping(data.user_id);
    } else if (event === 'open_dialog') {
        const place = {channel_id: state.channel.id, team_id: seeded.team.id};
        showDialog(find('dialog'), JSON.parse(data.dialog), (submission) =>
            client.post('/actions/dialogs/submit', {...submission, ...place}),
        );
    } else if (event === 'user_added' || event === 'user_removed' || event.startsWith('channel_')) {
        await loadChannels();
        drawChannels();
    }
}

let typingEnds;
async function showTyping(userId) {
    await learnPeople([userId]);
    find('typing').textContent = `${state.people.get(userId)?.username ?? 'someone'} is typing…`;
    clearTimeout(typingEnds);
    typingEnds = setTimeout(() => {
        find('typing').textContent = '';
    }, 3000);
}

async function loadChannels() {
    const channels = await client.get(`/users/me/teams/${seeded.team.id}/channels`);
    state.channels = channels.filter(({type}) => type === 'O' || type === 'P').sort((a, b) => a.display_name.localeCompare(b.display_name));
}

for (const list of [find('roots'), find('replies')]) {
    list.onscroll = () => {
        const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
        ends[atEnd ? 'add' : 'delete'](list);
    };
}

find('team').textContent = seeded.team.display_name;
find('close-thread').onclick = () => {
    state.thread = undefined;
    draw();
};
find('agents').append(
    ...seeded.agents.map(({username}) => new Option(username, username, username === me.username, username === me.username)),
);
find('agents').onchange = ({target}) => {
    location.search = `?as=${target.value}&channel=${state.channel.name}`;
};
const config = await client.get('/config/client?format=old');
find('version').textContent = `Mattermost double, as ${config.Version}`;

await loadChannels();
const byName = (name) => state.channels.find((channel) => channel.name === name);
await openChannel(byName(wanted.get('channel')) ?? byName(seeded.channels.mirror.name) ?? state.channels[0]);
if (state.posts.has(wanted.get('thread'))) {
    context.openThread(wanted.get('thread'));
}

let lostTouch = false;
listen(me.token, onEvent, (connection) => {
    find('connection').textContent = connection === 'connected' ? '' : connection;
    if (connection === 'connected' && lostTouch) {
        void load();
    }
    lostTouch = true;
});
