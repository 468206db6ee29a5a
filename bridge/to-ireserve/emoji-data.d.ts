/** Shortcode → character, as GitHub names them. The package brings types for its plugin only. */
declare module 'markdown-it-emoji/lib/data/full.mjs' {
    const characters: Readonly<Record<string, string>>;
    export default characters;
}
