/** Which copy "move thread" made of which post. Copies have new ids and times: their order, authors and words are what they share. */
import type {Post} from '@mattermost/types/posts';

/**
 * Pairs the posts of a thread with their copies: in both places they stand in the same order, but some may be missing in either.
 *
 * @param originals oldest first @param copies oldest first
 * @param likeness of one pair; 0: they can't be one
 * @returns the copy of each original that has one, by the original's id
 */
export function pairCopies(
    originals: readonly Post[],
    copies: readonly Post[],
    likeness: (original: Post, copy: Post) => number,
): Map<string, Post> {
    const width = copies.length + 1;
    const liked = originals.map((original) => copies.map((copy) => likeness(original, copy)));
    // best[i * width + j]: of what stands from original i and copy j on.
    const best = new Float64Array((originals.length + 1) * width);
    const at = (i: number, j: number): number => best[i * width + j] ?? 0;
    const like = (i: number, j: number): number => liked[i]?.[j] ?? 0;
    for (let i = originals.length - 1; i >= 0; i--) {
        for (let j = copies.length - 1; j >= 0; j--) {
            const paired = like(i, j) > 0 ? like(i, j) + at(i + 1, j + 1) : 0;
            best[i * width + j] = Math.max(paired, at(i + 1, j), at(i, j + 1));
        }
    }
    const pairs = new Map<string, Post>();
    for (let i = 0, j = 0; i < originals.length && j < copies.length; ) {
        if (like(i, j) > 0 && at(i, j) === like(i, j) + at(i + 1, j + 1)) {
            pairs.set((originals[i] as Post).id, copies[j] as Post);
            i++;
            j++;
        } else if (at(i, j) === at(i + 1, j)) i++;
        else j++;
    }
    return pairs;
}
