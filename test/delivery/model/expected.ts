/** The pure model: what should be seen of each message and card, from the accepted events in the order in which they were accepted. */
import type {DeliveryRow} from '../../../bridge/store/schema.ts';
import type {Accepted} from './run.ts';

export type Settled = Accepted & {readonly row: DeliveryRow};

export type ExpectedMessage = {
    /** Place of its event in the lane; the order in which messages must stand. */
    readonly seq: number;
    readonly withdrawn: boolean;
    /** Of the text that must be shown. */
    readonly token: string;
    /** Of texts that must not be shown any more. */
    readonly outdated: readonly string[];
};

export type ExpectedCard = {readonly topic: string | null; readonly closed: boolean};

/** By message number; what was only edited or withdrawn but never said is not there. */
export function expectedMessages(events: readonly Settled[]): Map<number, ExpectedMessage> {
    const messages = new Map<number, ExpectedMessage>();
    for (const m of new Set(events.flatMap(({model}) => ('m' in model ? [model.m] : [])))) {
        const message = expectedMessage(events.filter(({model}) => 'm' in model && model.m === m));
        if (message) messages.set(m, message);
    }
    return messages;
}

function expectedMessage(events: readonly Settled[]): ExpectedMessage | null {
    const said = events.find(({model, row}) => model.kind === 'say' && row.state !== 'dead');
    if (!said) return null;
    let [shown, newest] = [said.token, 0];
    let withdrawn = false;
    for (const {model, row, token} of events) {
        // The old text stands: an admin is told, or its post was not found (whether rightly so is judged elsewhere).
        if (row.state === 'dead' || row.reason_code === 'post_gone') continue;
        if (model.kind === 'withdraw') withdrawn = true;
        if (model.kind !== 'edit' || model.at < newest || (withdrawn && row.seq > said.row.seq)) continue;
        [shown, newest] = [token, model.at];
    }
    const outdated = events.map(({token}) => token).filter((token) => withdrawn || token !== shown);
    return {seq: said.row.seq, withdrawn, token: shown, outdated};
}

/** The card's last facts; later at the source wins, and of two at the same time the one accepted later. */
export function expectedCard(events: readonly Settled[]): ExpectedCard {
    let [topic, topicAt] = [null as string | null, -1];
    let [closed, statusAt] = [false, -1];
    for (const {model, token} of events) {
        if ((model.kind === 'start' || model.kind === 'update') && model.at >= topicAt) [topic, topicAt] = [`${token}topic`, model.at];
        if ((model.kind === 'start' || model.kind === 'update') && model.at >= statusAt) [closed, statusAt] = [false, model.at];
        if (model.kind === 'close' && model.at >= statusAt) [closed, statusAt] = [true, model.at];
    }
    return {topic, closed};
}
