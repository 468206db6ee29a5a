/** Draws the messages. What is being sent stands at the end until i-Reserve has it. */
import {make} from './make.js';
import {richText} from './rich-text.js';
import {currentLanguage, words} from './words.js';

const list = document.getElementById('messages');
const scroller = document.getElementById('chat-scroll');
const TICKS = {sending: '◷', waiting: '◷', sent: '✓', delivered: '✓✓', failed: '!'};
const IMAGE = /^image\/(png|jpeg|gif|webp|avif)$/;

/** @param acts - edit, withdraw and retry, as functions of a message */
export function drawTranscript(messages, open, acts) {
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    const before = new Map([...list.children].map((item) => [item.dataset.key, item]));
    let previous = null;
    const items = messages.map((message) => {
        const named = message.author.type !== 'visitor' && sender(message) !== (previous && sender(previous));
        previous = message;
        const key = message.client_id ?? message.id;
        const look = JSON.stringify([message, open, named, currentLanguage()]);
        const known = before.get(key);
        // Redrawing an unchanged message would read it out again and lose the focus.
        if (known?.dataset.look === look) return known;
        const item = draw(message, open, named, acts);
        Object.assign(item.dataset, {key, look});
        return item;
    });
    place(items);
    if (atEnd) toEnd();
}

/** A composer that grows, or a banner, must not cover the latest message. */
let height = scroller.clientHeight;
new ResizeObserver(() => {
    const wasAtEnd = scroller.scrollHeight - scroller.scrollTop - height < 60;
    height = scroller.clientHeight;
    if (wasAtEnd) toEnd();
}).observe(scroller);

export const toEnd = () => scroller.scrollTo({top: scroller.scrollHeight});

/** Changes only what changed, so that the focus and a screen reader stay where they are. */
function place(items) {
    const wanted = new Set(items);
    for (const item of [...list.children]) if (!wanted.has(item)) item.remove();
    items.forEach((item, index) => {
        if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    });
}

const sender = (message) => `${message.author.type} ${message.author.name ?? ''}`;

function draw(message, open, named, acts) {
    const mine = message.author.type === 'visitor';
    const item = make('li', {className: mine ? 'message mine' : 'message'});
    const name = mine ? words().you : message.author.name || words()[message.author.type === 'bot' ? 'bot' : 'agent'];
    item.append(make('span', {className: named ? 'who' : 'out-of-sight', textContent: name}));
    if (message.deleted) item.append(make('div', {className: 'bubble gone', textContent: words().withdrawn}));
    else if (message.text) item.append(make('div', {className: 'bubble'}, richText(message.text, message.format)));
    if (message.files.length > 0) item.append(make('div', {className: 'attached'}, message.files.map(attached)));
    item.append(meta(message, mine, open, acts));
    return item;
}

function attached(file) {
    const size = file.size === null ? '' : readableSize(file.size);
    if (IMAGE.test(file.mime_type) && file.url) {
        const image = make('img', {src: file.url, alt: file.name, loading: 'lazy'});
        image.addEventListener('load', () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 300 && toEnd());
        return make('a', {href: file.url, target: '_blank', rel: 'noopener', title: file.name}, [image]);
    }
    const children = [make('span', {textContent: file.name}), make('span', {className: 'size', textContent: size})];
    const box = make('a', {className: 'file', href: file.url || undefined, target: '_blank', rel: 'noopener'}, children);
    box.prepend(make('b', {textContent: '⬇', ariaHidden: 'true'}));
    return box;
}

function meta(message, mine, open, acts) {
    const row = make('div', {className: message.state === 'failed' ? 'meta failed' : 'meta'});
    if (mine && open && !message.deleted && message.id) {
        const edit = make('button', {type: 'button', className: 'plain', textContent: words().edit, onclick: () => acts.edit(message)});
        const withdraw = make('button', {
            type: 'button',
            className: 'plain',
            textContent: words().withdraw,
            onclick: () => acts.withdraw(message),
        });
        row.append(make('span', {className: 'acts'}, [edit, withdraw]));
    }
    if (message.edited && !message.deleted) row.append(make('span', {textContent: `${words().edited} ·`}));
    const when = new Date(message.at);
    row.append(make('time', {dateTime: when.toISOString(), textContent: clock(when)}));
    if (mine && message.state) row.append(...state(message, acts));
    return row;
}

function state(message, acts) {
    const said = words()[message.state];
    const tick = make('span', {className: `tick ${message.state}`, textContent: TICKS[message.state], title: said, ariaHidden: 'true'});
    // What went well needs no words on screen; what waits or failed does.
    const loud = message.state === 'waiting' || message.state === 'failed';
    const parts = [tick, make('span', {className: loud ? '' : 'out-of-sight', textContent: said})];
    if (message.state === 'failed' && message.client_id && !message.id) {
        parts.push(make('button', {type: 'button', className: 'plain', textContent: words().retry, onclick: () => acts.retry(message)}));
    }
    return parts;
}

function clock(when) {
    const time = when.toLocaleTimeString(currentLanguage(), {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
    if (when.toDateString() === new Date().toDateString()) return time;
    return `${when.toLocaleDateString(currentLanguage(), {day: 'numeric', month: 'short'})} ${time}`;
}

export function readableSize(bytes) {
    if (bytes < 1000) return `${bytes} B`;
    const [unit, value] = bytes < 1e6 ? ['kB', bytes / 1e3] : ['MB', bytes / 1e6];
    return `${value.toLocaleString(currentLanguage(), {maximumFractionDigits: value < 10 ? 1 : 0})} ${unit}`;
}
