/** The picture Mattermost makes for people who have given none: initials on a colour of their own. */
const COLOURS = ['#4b6cb7', '#c0563b', '#2f7d5d', '#7d4b96', '#a8761a'];

export function drawInitials(person: {id: string; username: string; first_name?: string; last_name?: string}): string {
    const {id, username, first_name = '', last_name = ''} = person;
    const letters = `${first_name.slice(0, 1)}${last_name.slice(0, 1)}` || username.slice(0, 1);
    const colour = COLOURS[[...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS.length];
    const text = letters.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
    return `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128"><rect width="128" height="128" fill="${colour}"/><text x="64" y="84" font-family="sans-serif" font-size="56" fill="#fff" text-anchor="middle">${text}</text></svg>`;
}
