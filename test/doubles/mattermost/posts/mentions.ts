import type {Channel, Json, Mentions, Post} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {plainTexts} from './markdown-text.ts';
import {isObject} from './present.ts';

/** Links that need no brackets are no text to the server: nobody is mentioned in them. */
const BARE_LINK = /(?<![\w(<])https?:\/\/[^\s<>)]+/g;

const SPECIAL = ['@channel', '@all', '@here'] as const;

/**
 * Whom a post pings, by the server's own rules.
 *
 * Only code protects a mention; bold, quotes, links, backslashes and HTML entities do not. A word ends at everything that
 * is not a letter, a digit or one of `:.-_@`, which is why an invisible character right after the `@` defuses it.
 */
export function mentionsIn(world: World, post: Post, channel: Channel): Mentions {
    const users = new Set<string>();
    const special = new Set<string>();
    const members = world.channelMembers.get(channel.id) ?? new Map();
    const names = new Map<string, string>();
    for (const userId of members.keys()) {
        const user = world.users.get(userId);
        if (user !== undefined) {
            names.set(`@${user.username}`, userId);
        }
    }
    const groups = new Map(Object.entries(world.config.groups ?? {}).map(([name, ids]) => [`@${name}`, ids]));
    const found = (word: string): boolean => {
        const lower = lowerCase(word);
        const name = names.get(lower);
        if (name !== undefined) {
            users.add(name);
        }
        for (const id of groups.get(lower)?.filter((one) => members.has(one)) ?? []) {
            users.add(id);
        }
        const isSpecial = SPECIAL.some((keyword) => keyword === lower);
        if (isSpecial) {
            special.add(lower);
        }
        return name !== undefined || isSpecial || groups.has(lower);
    };
    for (const field of fieldsThatMention(world, post)) {
        findInMessage(field, world.differs.entitiesMention, found);
    }
    if (special.size > 0) {
        for (const userId of members.keys()) {
            // Bots are never notified, and `@here` would need a presence that the double does not keep.
            if (world.users.get(userId)?.bot === undefined) {
                users.add(userId);
            }
        }
    }
    users.delete(post.user_id);
    return {users: [...users], special: [...special]};
}

/** Go's: one letter for one letter, also for the dotted capital I. */
const lowerCase = (word: string): string => word.replaceAll('\u0130', 'i').toLowerCase();

/** Every word of a message that the server looks up, until `found` says that one is known. */
export function findInMessage(message: string, entities: boolean, found: (word: string) => boolean): void {
    for (const text of plainTexts(message.replaceAll(BARE_LINK, ' '), entities)) {
        findInText(text, found);
    }
}

function findInText(text: string, found: (word: string) => boolean): void {
    for (const piece of text.split(/[^:.\-_@\p{L}\p{N}]+/u)) {
        if (piece === '' || /^:.*:$/s.test(piece)) {
            continue;
        }
        const word = piece.replace(/^[:.\-_]+/, '');
        if (found(word) || foundWithoutSuffix(word, found)) {
            continue;
        }
        // An unknown @name is taken whole; anything else may be two words with a full stop between them.
        for (const part of word.startsWith('@') ? [] : word.split(/[.\-:]+/)) {
            found(part);
        }
    }
}

/** `@name.` at the end of a sentence still means `@name`. */
function foundWithoutSuffix(word: string, found: (word: string) => boolean): boolean {
    let rest = word;
    while (/[.\-:_]$/.test(rest)) {
        rest = rest.slice(0, -1);
        if (found(rest)) {
            return true;
        }
    }
    return false;
}

/** The message, and of attachments `pretext` and `text` (on 11.1 field values too). */
function fieldsThatMention(world: World, post: Post): string[] {
    const fields = [post.message];
    const attachments = post.props.attachments;
    for (const attachment of Array.isArray(attachments) ? attachments : []) {
        if (!isObject(attachment)) {
            continue;
        }
        push(fields, attachment.pretext);
        push(fields, attachment.text);
        const entries = attachment.fields;
        for (const entry of world.differs.fieldMentions && Array.isArray(entries) ? entries : []) {
            if (isObject(entry)) {
                push(fields, entry.value);
            }
        }
    }
    return fields;
}

function push(fields: string[], value: Json | undefined): void {
    if (typeof value === 'string' && value !== '') {
        fields.push(value);
    }
}
