/** `PostUtils`, small: Markdown to HTML without any HTML of the author's, and that HTML to React elements of an allowed few. */
import MarkdownIt from 'markdown-it';
import emoji from 'markdown-it-emoji/lib/data/full.mjs';
import React, {type ReactNode} from 'react';

const md = new MarkdownIt({html: false, linkify: true, breaks: true});

type FormatOptions = {atMentions?: boolean; singleline?: boolean; markdown?: boolean};
type ComponentOptions = {mentions?: boolean; images?: boolean};

export function formatText(text: string, {atMentions = true, singleline = false}: FormatOptions = {}): string {
    const html = singleline ? md.renderInline(text) : md.render(text);
    // Only in text, never inside a tag or its attributes.
    return html.replace(/<[^>]*>|:([a-z0-9_+-]+):|(^|[^\w<])@([a-z0-9][a-z0-9._-]*[a-z0-9])/gi, (whole, face, before, name) => {
        if (face !== undefined) return emoji[face] ?? whole;
        return name === undefined || !atMentions ? whole : `${before}<span data-mention="${name}">@${name}</span>`;
    });
}

const ALLOWED = new Set(
    'p br a strong em s del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 hr table thead tbody tr th td span img'.split(' '),
);
/** Set by the page: who is there to be mentioned. */
export const people = {known: (_name: string): boolean => false, isMe: (_name: string): boolean => false};

export function messageHtmlToComponent(html: string, options: ComponentOptions = {}): ReactNode {
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    return <>{[...parsed.body.childNodes].map((node, at) => toReact(node, String(at), options))}</>;
}

function toReact(node: Node, key: string, options: ComponentOptions): ReactNode {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element) || node.nodeType !== Node.ELEMENT_NODE) return null;
    const name = node.tagName.toLowerCase();
    const inner = [...node.childNodes].map((one, at) => toReact(one, `${key}.${at}`, options));
    if (!ALLOWED.has(name)) return <React.Fragment key={key}>{inner}</React.Fragment>;
    const mention = node.getAttribute('data-mention');
    if (mention !== null) {
        if (options.mentions === false || !people.known(mention)) return node.textContent;
        return (
            <span key={key} className={people.isMe(mention) ? 'mention--highlight' : undefined}>
                <span className="mention-link">{inner}</span>
            </span>
        );
    }
    if (name === 'a') {
        return (
            <a key={key} className="theme markdown__link" href={node.getAttribute('href') ?? ''} rel="noreferrer" target="_blank">
                {inner}
            </a>
        );
    }
    if (name === 'img')
        return <img key={key} className="markdown-inline-img" alt={node.getAttribute('alt') ?? ''} src={node.getAttribute('src') ?? ''} />;
    return React.createElement(name, {key}, ...(inner.length > 0 ? inner : []));
}
