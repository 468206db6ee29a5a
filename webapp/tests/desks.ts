/** The desks that a test has made: they listen and tick until they are stopped. */
import type {Desk} from '../src/desk/desk.ts';

const made = new Set<Desk>();

/** Hands it back, to be stopped after the test. */
export function stopLater(desk: Desk): Desk {
    made.add(desk);
    return desk;
}

export function stopDesks(): void {
    for (const desk of made) desk.stop();
    made.clear();
}
