/** The visitor's chat: puts the parts together. The conversation's id is kept in the browser, so a reload goes on where it was. */
import {isBlank, restoreDraft, setUpComposer, startEditing, stopEditing} from './composer.js';
import {hangUp, listen, on, request} from './connection.js';
import {confirmed, enqueue, flush, forgetOutgoing, outgoing, sendAgain, setUpOutgoing} from './outgoing.js';
import {drawSite, pageNow} from './site.js';
import {drawTranscript, toEnd} from './transcript.js';
import {chooseLanguage, currentLanguage, onLanguage, words} from './words.js';

const ID = 'zilverplas.conversation';
const OPEN = 'zilverplas.chat-open';
const TYPING_SHOWN_MS = 6000;
const element = (id) => document.getElementById(id);
const show = (id, visible) => {
    element(id).hidden = !visible;
};

// An address with ?conversation=… goes on with that chat: the demo prints one.
const given = new URLSearchParams(location.search).get('conversation');
if (given) {
    localStorage.setItem(ID, given);
    localStorage.setItem(OPEN, 'yes');
    history.replaceState(null, '', location.pathname);
}

let id = localStorage.getItem(ID);
let conversation = null;
let unread = 0;
let banner = null;
let typingTimer = 0;
let saidTyping = 0;

function draw() {
    const messages = conversation?.messages ?? [];
    const closed = conversation?.status === 'closed';
    confirmed(new Set(messages.map((message) => message.client_id)));
    drawTranscript([...messages, ...outgoing()], !closed, {edit: startEditing, withdraw, retry: sendAgain});
    element('chat-status').textContent = statusText();
    show('name-row', !conversation && outgoing().length === 0);
    show('composer', !closed);
    show('closed', closed);
    show('chat-end', Boolean(conversation) && !closed);
    if (closed) show('chat-ask', false);
    element('closed-text').textContent = conversation?.closed_by === 'visitor' ? words().closedByVisitor : words().closedByAgent;
    show('chat-banner', banner !== null);
    element('chat-banner').textContent = banner ? (words()[banner.words] ?? banner.words) : '';
    element('chat-banner').classList.toggle('bad', Boolean(banner?.bad));
    show('unread', unread > 0);
    element('unread').textContent = String(unread);
    element('unread').setAttribute('aria-label', words().newMessages(unread));
}

function statusText() {
    if (!conversation) return words().statusNew;
    if (conversation.status === 'closed') return words().statusClosed;
    if (conversation.assignee) return words().statusWith(conversation.assignee);
    return conversation.status === 'open' ? words().statusOpen : words().statusWaiting;
}

/** @param forMs - goes away by itself after this; left out: stays */
function tell(saying, {bad = false, forMs = 0} = {}) {
    const mine = {words: saying, bad};
    banner = mine;
    const end = () => {
        if (banner === mine) quiet();
        draw();
    };
    if (forMs) setTimeout(end, forMs);
    draw();
}
function quiet() {
    banner = null;
}

async function openConversation() {
    if (id) return id;
    const response = await request('POST', '', {name: element('name').value, language: currentLanguage(), page: pageNow()});
    id = (await response.json()).id;
    localStorage.setItem(ID, id);
    listen(id);
    return id;
}

/** After a reload: is the conversation still there? A double that was restarted has forgotten it. */
async function resume() {
    if (!id) return draw();
    try {
        const response = await request('GET', `/${id}`);
        if (response.status === 404) {
            const unsent = outgoing().flatMap(({state, text}) => (state === 'sent' || !text ? [] : [text]));
            startAnew();
            if (unsent.length > 0) restoreDraft(unsent.join('\n'));
            return tell('lost');
        }
        conversation = await response.json();
        listen(id);
        draw();
        toEnd();
        const page = pageNow();
        if (conversation.status !== 'closed' && conversation.page?.url !== page.url) await request('PATCH', `/${id}`, {page});
    } catch {
        setTimeout(() => void resume(), 3000);
    }
}

function startAnew() {
    hangUp();
    forgetOutgoing();
    localStorage.removeItem(ID);
    id = null;
    conversation = null;
    quiet();
    draw();
}

async function act(method, path, content) {
    try {
        const response = await request(method, path, content);
        if (!response.ok) tell('oops', {bad: true, forMs: 6000});
    } catch {
        tell('oops', {bad: true, forMs: 6000});
    }
}
const withdraw = (message) => {
    stopEditing();
    void act('DELETE', `/${id}/messages/${message.id}`);
};

function openChat(opened) {
    localStorage.setItem(OPEN, opened ? 'yes' : '');
    show('chat', opened);
    show('chat-open', !opened);
    element('chat-open').setAttribute('aria-expanded', String(opened));
    if (!opened) return element('chat-open').focus();
    unread = 0;
    draw();
    toEnd();
    (conversation?.status === 'closed' ? element('chat-new') : element('text')).focus();
}

function ask(asking) {
    show('chat-ask', asking);
    (asking ? element('end-yes') : element('text')).focus();
}

on('snapshot', (snapshot) => {
    conversation = snapshot;
    draw();
    void flush();
});
on('message', ({message}) => {
    const known = conversation?.messages.findIndex((one) => one.id === message.id) ?? -1;
    if (known >= 0) conversation.messages[known] = message;
    else {
        conversation?.messages.push(message);
        if (message.author.type !== 'visitor' && element('chat').hidden) unread += 1;
        if (message.author.type !== 'visitor') show('typing', false);
    }
    draw();
});
on('conversation', ({conversation: facts}) => {
    Object.assign(conversation, facts);
    draw();
});
on('typing', ({name}) => {
    element('typing-who').textContent = words().typing(name || words().agent);
    show('typing', true);
    toEnd();
    clearTimeout(typingTimer);
    typingTimer = setTimeout(() => show('typing', false), TYPING_SHOWN_MS);
});
on('line', (up) => {
    if (up === 'ask') return void resume();
    if (up) tell('reconnected', {forMs: 3000});
    else tell('offline');
});

setUpOutgoing(openConversation, draw);
setUpComposer({
    send(text, files) {
        enqueue(text, files);
        toEnd();
    },
    save: (message, text) => void act('PUT', `/${id}/messages/${message.id}`, {text}),
    typing() {
        if (!conversation || Date.now() - saidTyping < 3000) return;
        saidTyping = Date.now();
        request('POST', `/${id}/typing`).catch(() => undefined);
    },
    complain: (saying) => tell(saying, {bad: true, forMs: 8000}),
});

element('chat-open').addEventListener('click', () => openChat(true));
element('chat-hide').addEventListener('click', () => openChat(false));
element('chat-end').addEventListener('click', () => ask(true));
element('end-no').addEventListener('click', () => ask(false));
element('end-yes').addEventListener('click', () => {
    show('chat-ask', false);
    void act('POST', `/${id}/close`).then(() => element('chat-new').focus());
});
element('chat-new').addEventListener('click', () => {
    startAnew();
    element('text').focus();
});
element('chat').addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !stopEditing()) {
        if (element('chat-ask').hidden) openChat(false);
        else ask(false);
    }
    if (event.key === 'ArrowUp' && event.target === element('text') && isBlank() && conversation?.status !== 'closed') {
        const last = conversation?.messages.findLast((message) => message.author.type === 'visitor' && !message.deleted && message.text);
        if (!last) return;
        event.preventDefault();
        startEditing(last);
    }
});
for (const button of document.querySelectorAll('[data-language]')) {
    button.addEventListener('click', () => chooseLanguage(button.dataset.language));
}
onLanguage((language) => {
    draw();
    if (conversation && conversation.status !== 'closed') void act('PATCH', `/${id}`, {language});
});

drawSite(currentLanguage());
draw();
void resume();
if (localStorage.getItem(OPEN)) openChat(true);
