/** What the double stores, in the field names of the REST API. */

export type Json = null | boolean | number | string | Json[] | {[key: string]: Json};
export type JsonObject = {[key: string]: Json};

export type Team = {
    id: string;
    create_at: number;
    update_at: number;
    delete_at: number;
    name: string;
    display_name: string;
    type: 'O' | 'I';
};

export type User = {
    id: string;
    create_at: number;
    update_at: number;
    delete_at: number;
    username: string;
    email: string;
    nickname: string;
    first_name: string;
    last_name: string;
    position: string;
    roles: string;
    locale: string;
    /** only people who log in have one */
    password: string;
    bot?: Bot;
};

export type Bot = {
    user_id: string;
    username: string;
    display_name: string;
    description: string;
    owner_id: string;
    create_at: number;
    update_at: number;
    delete_at: number;
};

/** O public, P private, D direct, G group message. */
export type ChannelType = 'O' | 'P' | 'D' | 'G';

export type Channel = {
    id: string;
    create_at: number;
    update_at: number;
    delete_at: number;
    team_id: string;
    type: ChannelType;
    name: string;
    display_name: string;
    header: string;
    purpose: string;
    creator_id: string;
    last_post_at: number;
    total_msg_count: number;
};

export type TeamMember = {team_id: string; user_id: string; roles: string; delete_at: number};

export type ChannelMember = {
    channel_id: string;
    user_id: string;
    roles: string;
    last_viewed_at: number;
    msg_count: number;
    mention_count: number;
    last_update_at: number;
};

export type Post = {
    id: string;
    create_at: number;
    update_at: number;
    edit_at: number;
    delete_at: number;
    is_pinned: boolean;
    user_id: string;
    channel_id: string;
    root_id: string;
    /** set on the hidden rows that keep an edited post's earlier versions */
    original_id: string;
    message: string;
    type: string;
    props: JsonObject;
    hashtags: string;
    file_ids: string[];
    priority?: JsonObject;
};

export type Reaction = {
    user_id: string;
    post_id: string;
    emoji_name: string;
    create_at: number;
    update_at: number;
    delete_at: number;
    channel_id: string;
};

export type StoredFile = {
    id: string;
    user_id: string;
    post_id: string;
    channel_id: string;
    create_at: number;
    update_at: number;
    delete_at: number;
    name: string;
    extension: string;
    size: number;
    mime_type: string;
    width: number;
    height: number;
    has_preview_image: boolean;
    bytes: Buffer;
    /** what 11.6 keeps of it since a download */
    cached?: {isGone: boolean; until: number};
};

export type AccessToken = {id: string; token: string; user_id: string; description: string; is_active: boolean};

/** A login: `csrf` guards the cookie, a bearer header needs none. */
export type Session = {token: string; user_id: string; csrf: string};

export type OutgoingHook = {
    id: string;
    token: string;
    create_at: number;
    update_at: number;
    delete_at: number;
    creator_id: string;
    channel_id: string;
    team_id: string;
    trigger_words: string[];
    trigger_when: number;
    callback_urls: string[];
    display_name: string;
    description: string;
    content_type: string;
    username: string;
    icon_url: string;
};

export type Command = {
    id: string;
    token: string;
    create_at: number;
    update_at: number;
    delete_at: number;
    creator_id: string;
    team_id: string;
    trigger: string;
    method: 'P' | 'G';
    username: string;
    icon_url: string;
    auto_complete: boolean;
    auto_complete_desc: string;
    auto_complete_hint: string;
    display_name: string;
    description: string;
    url: string;
};

export type Plugin = {
    id: string;
    name: string;
    version: string;
    manifest: JsonObject;
    active: boolean;
    bundle: Buffer;
    /** The other files of the bundle's folder, by their path in it. */
    beside: Map<string, Buffer>;
};

/** Who a post pings: the user ids, and which of `@channel`, `@all`, `@here` were found. */
export type Mentions = {users: string[]; special: string[]};
