/** Tables and label/value blocks for the terminal. Pure. */
import type {Tone} from './output.ts';

export type Cell = string | {text: string; tone: Tone};
/** `keep`: never cut, because a cut id or number is of no use. */
export type Column = {title: string; right?: boolean; keep?: boolean; width?: number};
export type Paint = (tone: Tone, text: string) => string;

const GAP = '  ';
const NARROWEST = 8;

/** Text of others may hold anything: what could move the cursor, colour the screen or turn the writing direction becomes a space. */
export const harmless = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');

const textOf = (cell: Cell | undefined): string => harmless(typeof cell === 'object' ? cell.text : (cell ?? ''));
const lengthOf = (text: string): number => [...text].length;

export function cut(text: string, width: number): string {
    const characters = [...text];
    return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Widths that fit `most` columns in all: what is cut first is what is widest. */
export function widthsOf(columns: readonly Column[], rows: readonly Cell[][], most: number): number[] {
    const widths = columns.map(
        (column, index) => column.width ?? Math.max(lengthOf(column.title), ...rows.map((row) => lengthOf(textOf(row[index])))),
    );
    const total = () => widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
    while (total() > most) {
        let widest = -1;
        for (const [index, column] of columns.entries()) {
            const width = widths[index] ?? 0;
            if (!column.keep && width > Math.max(NARROWEST, column.title.length) && width > (widths[widest] ?? 0)) widest = index;
        }
        if (widest < 0) break;
        widths[widest] = (widths[widest] ?? 0) - 1;
    }
    return widths;
}

/** @param whole cells are shown in full, even where they break the columns */
export function rowText(columns: readonly Column[], widths: readonly number[], row: readonly Cell[], paint: Paint, whole = false): string {
    const cells = columns.map((column, index) => {
        const cell = row[index];
        const width = widths[index] ?? 0;
        const text = whole ? textOf(cell) : cut(textOf(cell), width);
        const isLast = index === columns.length - 1;
        const padding = isLast && !column.right ? '' : ' '.repeat(Math.max(0, width - lengthOf(text)));
        const painted = typeof cell === 'object' ? paint(cell.tone, text) : text;
        return column.right ? padding + painted : painted + padding;
    });
    return cells.join(GAP).trimEnd();
}

export const headingOf = (columns: readonly Column[]): Cell[] => columns.map(({title}) => ({text: title, tone: 'heading'}));

/** Heading and rows. */
export function table(columns: readonly Column[], rows: readonly Cell[][], {width, paint}: {width: number; paint: Paint}): string[] {
    const widths = widthsOf(columns, rows, width);
    return [headingOf(columns), ...rows].map((row) => rowText(columns, widths, row, paint));
}

/** Lines of `label  value`; a value of several lines stays under its first. */
export function fields(pairs: readonly (readonly [string, string | readonly string[]])[]): string[] {
    const width = Math.max(...pairs.map(([label]) => lengthOf(label)));
    return pairs.flatMap(([label, value]) => {
        const lines = typeof value === 'string' ? [value] : value;
        return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(width)}${GAP}${harmless(line)}`);
    });
}
