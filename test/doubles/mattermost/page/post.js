import {emojiFor} from './emoji.js';
import {markdown} from './markdown.js';

/** Draws one post. `context`: people by id, names, me, pictures, and what pressing things does. */
export function drawPost(post, context, {inThread = false} = {}) {
    const item = document.createElement('li');
    const author = context.people.get(post.user_id);
    const system = post.type.startsWith('system_') && post.type !== 'system_ephemeral';
    item.className = ['post', system && 'system', post.delete_at > 0 && 'deleted', post.type === 'system_ephemeral' && 'only-you']
        .filter(Boolean)
        .join(' ');
    item.dataset.id = post.id;
    item.append(avatar(author, system));
    const body = child(item, 'div');
    body.append(byline(post, author, system));
    if (post.delete_at > 0) {
        child(body, 'div', 'text').textContent = '(message deleted)';
        return item;
    }
    drawText(body, post, context);
    for (const attachment of post.props.attachments ?? []) {
        drawAttachment(body, post, attachment, context);
    }
    drawFiles(body, post, context);
    drawReactions(body, post, context);
    if (!inThread && post.root_id === '' && !system) {
        drawThreadLink(body, post, context);
    }
    return item;
}

function avatar(author, system) {
    const circle = document.createElement('div');
    const tone = [...(author?.id ?? '')].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 5;
    circle.className = author?.is_bot ? 'avatar bot' : `avatar tone${tone}`;
    circle.setAttribute('aria-hidden', 'true');
    circle.textContent = system ? '•' : initials(author);
    return circle;
}

function initials(author) {
    const name = `${author?.first_name ?? ''} ${author?.last_name ?? ''}`.trim() || author?.username || '?';
    const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    return (words[0]?.[0] ?? '?').concat(words[1]?.[0] ?? words[0]?.[1] ?? '').toUpperCase();
}

function byline(post, author, system) {
    const line = document.createElement('div');
    line.className = 'by';
    child(line, 'strong').textContent = system ? 'System' : author?.username || 'someone';
    if (author?.is_bot && !system) {
        child(line, 'span', 'tag').textContent = 'BOT';
    }
    const time = child(line, 'time');
    const at = new Date(post.create_at);
    time.dateTime = at.toISOString();
    time.title = at.toLocaleString();
    time.textContent = at.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'});
    if (post.is_pinned) {
        child(line, 'span', 'edited').textContent = 'pinned';
    }
    if (post.type === 'system_ephemeral') {
        child(line, 'span', 'edited').textContent = '(only visible to you)';
    }
    return line;
}

function drawText(body, post, context) {
    if (post.message === '') {
        return;
    }
    const text = child(body, 'div', 'text');
    text.append(markdown(post.message, context.names, context.me));
    if (post.edit_at > 0) {
        const last = text.lastElementChild?.matches('p, h3, h4, h5') ? text.lastElementChild : text;
        last.append(' ');
        child(last, 'span', 'edited').textContent = '(edited)';
    }
}

function drawAttachment(body, post, attachment, context) {
    const known = ['good', 'warning', 'danger'].includes(attachment.color);
    const box = child(body, 'div', known ? `attachment ${attachment.color}` : 'attachment');
    if (/^#[0-9a-f]{3,8}$/i.test(attachment.color ?? '')) {
        box.style.borderLeftColor = attachment.color;
    }
    const rich = (parent, text) => parent.append(markdown(text, context.names, context.me));
    if (attachment.author_name) {
        child(box, 'small').textContent = attachment.author_name;
    }
    if (attachment.title) {
        child(box, 'h3').textContent = attachment.title;
    }
    if (attachment.text) {
        rich(child(box, 'div', 'text'), attachment.text);
    }
    if (attachment.fields?.length > 0) {
        const list = child(box, 'dl', 'fields');
        for (const field of attachment.fields) {
            const row = child(list, 'div', field.short ? '' : 'long');
            child(row, 'dt').textContent = field.title;
            rich(child(row, 'dd', 'text'), String(field.value ?? ''));
        }
    }
    if (attachment.actions?.length > 0) {
        const bar = child(box, 'div', 'actions');
        for (const action of attachment.actions) {
            bar.append(action.type === 'select' ? menu(post, action, context) : button(post, action, context));
        }
    }
    if (attachment.footer) {
        child(box, 'small').textContent = attachment.footer;
    }
}

function button(post, action, context) {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = ['primary', 'good', 'danger'].includes(action.style) ? `button ${action.style}` : 'button';
    made.textContent = action.name;
    made.disabled = action.disabled === true;
    made.onclick = () => context.press(post, action.id);
    return made;
}

function menu(post, action, context) {
    const made = document.createElement('select');
    made.className = 'button';
    made.setAttribute('aria-label', action.name);
    child(made, 'option').textContent = action.name;
    for (const option of action.options ?? []) {
        const entry = child(made, 'option');
        entry.value = option.value;
        entry.textContent = option.text;
    }
    made.onchange = () => context.press(post, action.id, made.value);
    return made;
}

function drawFiles(body, post, context) {
    const files = post.metadata?.files ?? [];
    if (files.length === 0) {
        return;
    }
    const list = child(body, 'div', 'files');
    for (const file of files) {
        if (file.has_preview_image) {
            const image = child(list, 'img');
            image.alt = file.name;
            image.title = file.name;
            void context.picture(file.id).then((url) => {
                image.src = url ?? '';
                image.onload = () => context.grown();
            });
        } else {
            const link = child(list, 'a', 'file');
            link.href = '#';
            link.textContent = `${file.name} · ${sizeOf(file.size)}`;
            link.onclick = (event) => {
                event.preventDefault();
                context.download(file);
            };
        }
    }
}

function sizeOf(bytes) {
    return bytes < 1024 ? `${bytes} B` : bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function drawReactions(body, post, context) {
    const counts = new Map();
    for (const {emoji_name, user_id} of post.metadata?.reactions ?? []) {
        counts.set(emoji_name, [...(counts.get(emoji_name) ?? []), context.people.get(user_id)?.username ?? 'someone']);
    }
    if (counts.size === 0) {
        return;
    }
    const bar = child(body, 'div', 'reactions');
    for (const [name, who] of counts) {
        const chip = child(bar, 'span');
        chip.title = `${name}: ${who.join(', ')}`;
        chip.textContent = `${emojiFor(name)} ${who.length}`;
    }
}

function drawThreadLink(body, post, context) {
    const count = context.replyCount(post.id);
    const link = child(body, 'button', 'open-thread');
    link.type = 'button';
    link.textContent = count === 0 ? 'Reply' : count === 1 ? '1 reply' : `${count} replies`;
    link.onclick = () => context.openThread(post.id);
}

function child(parent, name, className = '') {
    const element = document.createElement(name);
    if (className !== '') {
        element.className = className;
    }
    parent.append(element);
    return element;
}
