/** What hovers over a post: plugins' buttons, the menu of "message actions" (the grid icon, where plugins' items are), "…", and reply. */
import type {Post} from '@mattermost/types/posts';
import React, {type ReactNode, useEffect, useRef, useState} from 'react';
import {Pluggable, useRegistered, words} from './pluggable.tsx';
import type {Location} from './post.tsx';
import type {Registered} from './state.ts';

type Props = {post: Post; location: Location; reply: () => void};

export function PostMenus({post, location, reply}: Props): ReactNode {
    const [open, setOpen] = useState<'actions' | 'dots' | null>(null);
    const [hovered, setHovered] = useState(false);
    const bar = useRef<HTMLUListElement>(null);
    // Hovering is the article's affair; the menus are drawn only then, and plugins are asked only then.
    useEffect(() => {
        const article = bar.current?.closest('article');
        const enter = () => setHovered(true);
        const leave = () => setHovered(false);
        const focused = ({target}: FocusEvent) => setHovered(target !== article || article?.matches(':focus-visible') === true);
        article?.addEventListener('mouseenter', enter);
        article?.addEventListener('mouseleave', leave);
        article?.addEventListener('focusin', focused);
        return () => {
            article?.removeEventListener('mouseenter', enter);
            article?.removeEventListener('mouseleave', leave);
            article?.removeEventListener('focusin', focused);
        };
    }, []);
    const shown = hovered || open !== null;
    return (
        <ul ref={bar} className={`col post-menu ${shown ? '' : 'post-menu--away'}`}>
            {shown && (
                <>
                    <Pluggable name="PostAction" post={post} />
                    <ActionsMenu post={post} isOpen={open === 'actions'} setOpen={(yes) => setOpen(yes ? 'actions' : null)} />
                    <li>
                        <MenuButton
                            icon="dots-horizontal"
                            label="more"
                            isOpen={open === 'dots'}
                            setOpen={(yes) => setOpen(yes ? 'dots' : null)}
                            items={[
                                [
                                    'Copy Link',
                                    () => void navigator.clipboard?.writeText(`${window.location.origin}/_redirect/pl/${post.id}`),
                                ],
                                ['Reply', reply],
                            ]}
                        />
                    </li>
                    {location === 'CENTER' && (
                        <li>
                            <button type="button" className="post-menu__item" aria-label="reply" onClick={reply}>
                                <i className="icon icon-reply-outline" />
                            </button>
                        </li>
                    )}
                </>
            )}
        </ul>
    );
}

/** Without an item of any plugin there is no button. */
function ActionsMenu({post, isOpen, setOpen}: {post: Post; isOpen: boolean; setOpen: (open: boolean) => void}): ReactNode {
    const registered = useRegistered('PostDropdownMenu');
    const fits = ({filter}: Registered) => typeof filter !== 'function' || filter(post.id);
    const items = registered.filter((one) => typeof one.action === 'function' && fits(one));
    if (items.length === 0) return null;
    return (
        <li>
            <MenuButton
                icon="apps"
                label="actions"
                isOpen={isOpen}
                setOpen={setOpen}
                items={items.map((one) => [words(one.text), () => (one.action as (postId: string) => void)(post.id)])}
            />
        </li>
    );
}

type MenuProps = {icon: string; label: string; isOpen: boolean; setOpen: (open: boolean) => void; items: [ReactNode, () => void][]};

export function MenuButton({icon, label, isOpen, setOpen, items}: MenuProps): ReactNode {
    const menu = useRef<HTMLUListElement>(null);
    const button = useRef<HTMLButtonElement>(null);
    useEffect(() => {
        if (!isOpen) return;
        menu.current?.querySelector('button')?.focus();
        const away = ({target}: Event) => {
            if (!menu.current?.contains(target as Node) && !button.current?.contains(target as Node)) setOpen(false);
        };
        document.addEventListener('mousedown', away);
        return () => document.removeEventListener('mousedown', away);
    }, [isOpen, setOpen]);
    const onKey = (event: React.KeyboardEvent) => {
        if (event.key === 'Escape') {
            setOpen(false);
            button.current?.focus();
        }
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step === 0) return;
        event.preventDefault();
        const all = [...(menu.current?.querySelectorAll('button') ?? [])];
        all.at((all.indexOf(document.activeElement as HTMLButtonElement) + step) % all.length)?.focus();
    };
    return (
        <>
            <button
                ref={button}
                type="button"
                className="post-menu__item"
                aria-label={label}
                aria-haspopup="menu"
                aria-expanded={isOpen}
                onClick={() => setOpen(!isOpen)}
            >
                <i className={`icon icon-${icon}`} />
            </button>
            {isOpen && (
                // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: as in Mattermost.
                <ul ref={menu} className="Menu__content dropdown-menu" role="menu" onKeyDown={onKey}>
                    {items.map(([text, act], at) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: the items have nothing else, and do not move.
                        <li key={at} role="none" className="MenuItem">
                            <button
                                type="button"
                                role="menuitem"
                                className="style--none"
                                onClick={() => {
                                    setOpen(false);
                                    act();
                                }}
                            >
                                {text}
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </>
    );
}
