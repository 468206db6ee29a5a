/**
 * What the doctor says, in English with blanks: said`${url} leads to ${location}`. Its English words, `{0} leads to {1}`, are what other languages
 * know it by (words/), so that it stays written where it is found.
 */
import {z} from 'zod';

export type Said = {words: string; values: (string | Said)[]};
export const Said: z.ZodType<Said> = z.object({words: z.string(), values: z.array(z.union([z.string(), z.lazy(() => Said)]))});

export function said(parts: TemplateStringsArray, ...values: (string | number | Said)[]): Said {
    return {
        words: parts.reduce((words, part, index) => `${words}{${index - 1}}${part}`),
        values: values.map((value) => (typeof value === 'number' ? String(value) : value)),
    };
}

/** One after the other. */
export const listed = (all: readonly Said[]): Said => ({words: all.map((_, index) => `{${index}}`).join(', '), values: [...all]});

/** @param translate English words to those of another language; what it does not know stays English */
export function spoken({words, values}: Said, translate: (words: string) => string = (english) => english): string {
    return translate(words).replace(/\{(\d+)\}/g, (blank, index: string) => {
        const value = values[Number(index)] ?? blank;
        return typeof value === 'string' ? value : spoken(value, translate);
    });
}
