/** Where the visitor writes: text, files by button, paste or drag, and the editing of what was said. */
import {make} from './make.js';
import {readableSize} from './transcript.js';
import {onLanguage, words} from './words.js';

const MAX_BYTES = 25 * 1024 * 1024;
const DRAFT = 'zilverplas.draft';
const element = (id) => document.getElementById(id);
const text = element('text');
let files = [];
let editing = null;

/** @param acts - send(text, files), save(message, text), typing(), complain(words) */
export function setUpComposer(acts) {
    text.value = localStorage.getItem(DRAFT) ?? '';
    text.addEventListener('input', () => {
        if (!editing) localStorage.setItem(DRAFT, text.value);
        if (text.value) acts.typing();
        refresh();
    });
    text.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        submit(acts);
    });
    element('composer').addEventListener('submit', (event) => {
        event.preventDefault();
        submit(acts);
    });
    element('edit-cancel').addEventListener('click', stopEditing);
    element('attach').addEventListener('click', () => element('file-input').click());
    element('file-input').addEventListener('change', (event) => {
        add([...event.target.files], acts);
        event.target.value = '';
    });
    text.addEventListener('paste', (event) => {
        if (event.clipboardData.files.length === 0) return;
        event.preventDefault();
        add([...event.clipboardData.files], acts);
    });
    acceptDrops(acts);
    onLanguage(refresh);
    refresh();
}

function acceptDrops(acts) {
    const chat = element('chat');
    const carriesFiles = (event) => event.dataTransfer?.types.includes('Files') && !element('composer').hidden;
    chat.addEventListener('dragover', (event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        element('drop').hidden = false;
    });
    chat.addEventListener('dragleave', (event) => {
        if (!chat.contains(event.relatedTarget)) element('drop').hidden = true;
    });
    chat.addEventListener('drop', (event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        element('drop').hidden = true;
        add([...event.dataTransfer.files], acts);
    });
}

function add(more, acts) {
    if (editing) stopEditing();
    for (const file of more) {
        if (file.size > MAX_BYTES) acts.complain(words().tooBig(file.name));
        else files.push(file);
    }
    refresh();
    text.focus();
}

function submit(acts) {
    const said = text.value.trim();
    if (editing) {
        if (said && said !== editing.text) acts.save(editing, said);
        return stopEditing();
    }
    if (!said && files.length === 0) return;
    acts.send(said, files);
    files = [];
    text.value = '';
    localStorage.removeItem(DRAFT);
    refresh();
    text.focus();
}

export function startEditing(message) {
    editing = message;
    text.value = message.text;
    refresh();
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
}

/** @returns whether anything was being edited */
export function stopEditing() {
    if (!editing) return false;
    editing = null;
    text.value = localStorage.getItem(DRAFT) ?? '';
    refresh();
    text.focus();
    return true;
}

/** What could not be sent is not lost: it stands before what is being written. */
export function restoreDraft(unsent) {
    text.value = text.value ? `${unsent}\n${text.value}` : unsent;
    localStorage.setItem(DRAFT, text.value);
    refresh();
}

export const isBlank = () => !editing && text.value === '' && files.length === 0;

function refresh() {
    element('editing').hidden = !editing;
    element('attach').hidden = Boolean(editing);
    const send = element('send');
    send.disabled = text.value.trim() === '' && files.length === 0;
    send.title = editing ? words().save : words().send;
    send.setAttribute('aria-label', send.title);
    element('pending').replaceChildren(...files.map(pending));
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight + 2}px`;
    text.style.overflowY = text.scrollHeight > 138 ? 'auto' : 'hidden';
}

function pending(file) {
    const children = [make('span', {textContent: file.name, title: `${file.name} · ${readableSize(file.size)}`})];
    if (/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) {
        const image = make('img', {src: URL.createObjectURL(file), alt: ''});
        image.addEventListener('load', () => URL.revokeObjectURL(image.src));
        children.unshift(image);
    }
    const remove = make('button', {type: 'button', className: 'icon', textContent: '×', ariaLabel: words().remove(file.name)});
    remove.addEventListener('click', () => {
        files = files.filter((other) => other !== file);
        refresh();
        text.focus();
    });
    return make('li', {}, [...children, remove]);
}
