/** What axe finds in a part of the page. What needs a layout can't be told here; the journeys look at colours. */
import axe from 'axe-core';

/** Runs axe on a part of the page. @returns each violation with its element; none is as it should be */
export async function findViolations(part: Element): Promise<string[]> {
    const {violations} = await axe.run(part, {
        rules: {'color-contrast': {enabled: false}, region: {enabled: false}},
        resultTypes: ['violations'],
    });
    return violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`));
}
