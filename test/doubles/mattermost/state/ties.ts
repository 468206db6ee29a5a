import type {World} from './world.ts';

/**
 * Rows before they are sorted, in an order of no meaning.
 *
 * The server sorts posts by `create_at` and teams by `display_name`, and by nothing else: rows that sort alike come in another order with each
 * query. At the edge of a page one of them may then stand in both pages, and another in neither (seen on 11.6 with 1,010 posts; the statements
 * of 5.37 and 11.1 are the same).
 */
export function inTiedDisorder<T>(world: World, rows: readonly T[]): T[] {
    const mixed = [...rows];
    for (let left = mixed.length - 1; left > 0; left--) {
        const other = Math.floor(world.tieRandom() * (left + 1));
        [mixed[left], mixed[other]] = [mixed[other] as T, mixed[left] as T];
    }
    return mixed;
}
