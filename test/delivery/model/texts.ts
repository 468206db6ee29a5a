/** Texts whose every piece can be found again in what Mattermost shows. */

/** short: one post · long: two or three posts of at most 16,000 code points · longest: three or four. */
export type Size = 'short' | 'long' | 'longest';

const WORDS: Record<Size, number> = {short: 0, long: 3500, longest: 5000};
/** Would ping a whole channel, or a person of the double, if the bridge let it through. */
const PINGS = '@channel @here @all @anna.keller';

/** A text marked at its start, middle and end; `token` is one lower-case word that occurs nowhere else. */
export function textWith(token: string, size: Size): string {
    const filler = Array.from({length: WORDS[size] / 2}, (_, index) => `word${index}`).join(' ');
    return `${token}start ${PINGS} ${filler} ${token}middle ${filler} ${token}end`;
}

/** Which of a text's three marks are missing from what is shown. */
export const missingOf = (token: string, shown: string): string[] =>
    ['start', 'middle', 'end'].map((mark) => token + mark).filter((mark) => !shown.includes(mark));

/** Whether anything of a text is shown. */
export const showsAnyOf = (token: string, shown: string): boolean => missingOf(token, shown).length < 3;
