import type {World} from '../state/world.ts';

/** Slack's notation, which hook and command answers (not REST posts) may use: `<!channel>`, `<@user id>`, `<url|text>`. */
export function fromSlackText(world: World, text: string): string {
    return text
        .replace(/<!(channel|here|all|everyone)>/g, (_whole, word: string) => `@${word === 'everyone' ? 'all' : word}`)
        .replace(/<@([a-z0-9]{26})>/g, (whole, id: string) => {
            const user = world.users.get(id);
            return user === undefined ? whole : `@${user.username}`;
        })
        .replace(/<([^\n<|>]+)\|([^|\n>]+)>/g, '[$2]($1)');
}
