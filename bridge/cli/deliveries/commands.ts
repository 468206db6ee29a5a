/** `deliveries list|show|retry|reroute|discard`: what waits, what was given up, and what an admin can do about it. */
import {type Command, InvalidArgumentError, Option} from 'commander';
import type {DeliveryState} from '../../contract.ts';
import {type Common, collect, count, examples, subCommand} from '../command.ts';
import {discardDeliveries} from './discard.ts';
import {reroute} from './reroute.ts';
import {retryDeliveries} from './retry.ts';
import {listDeliveries, showDelivery} from './show.ts';

/** Written out, so that help needs no schemas; the type says when one is missing. */
const STATES = Object.keys({queued: 1, delivered: 1, ignored: 1, dead: 1, discarded: 1} satisfies Record<DeliveryState, 1>);
const CHOICES = [...STATES, 'all'];

export type ListOptions = Common & {state?: string[]; integration?: string; conversation?: string; limit: number};

const seqs = (value: string, before: number[] | undefined): number[] => {
    if (!/^[1-9]\d{0,14}$/.test(value)) throw new InvalidArgumentError('Give numbers from the SEQ column of deliveries list.');
    return [...new Set([...(before ?? []), Number(value)])];
};
const seq = (value: string): number => seqs(value, undefined)[0] as number;

export function declare(deliveries: Command): void {
    const list = subCommand(deliveries, 'list', 'deliveries, the waiting and the dead ones unless told otherwise')
        .addOption(new Option('--state <state>', 'repeatable').choices(CHOICES).argParser(stateParser))
        .option('--integration <name>', 'of one integration')
        .option('--conversation <id>', 'of one conversation')
        .option('--limit <count>', 'at most so many', count, 50)
        .action(listDeliveries);
    list.addHelpText('after', '\nWhat is not settled comes oldest first, everything else newest first.');
    examples(list, ['ireserve-bridge deliveries list --integration aurora', 'ireserve-bridge deliveries list --state dead']);

    const show = subCommand(deliveries, 'show', 'one delivery with its attempts')
        .argument('<seq>', 'from deliveries list', seq)
        .option('--body', 'with the event as it came: this is what the visitor wrote')
        .action(showDelivery);
    examples(show, ['ireserve-bridge deliveries show 4711']);

    const retry = subCommand(deliveries, 'retry', 'queue dead deliveries again, and try waiting ones now')
        .argument('[seq...]', 'from deliveries list', seqs)
        .option('--following', 'with one number: and the dead ones after it, of its conversation and direction, in order')
        .option('--all-dead', 'all dead deliveries of --integration')
        .option('--integration <name>', 'with --all-dead: whose')
        .action(retryDeliveries);
    retry.addHelpText(
        'after',
        '\nA delivery whose last try may have got through is looked for before it is sent again, so nothing is\n' +
            'posted twice. The running service takes it up within a second. Those of one conversation keep their\n' +
            'order among themselves; what was delivered meanwhile came before them.',
    );
    examples(retry, [
        'ireserve-bridge deliveries retry 4711 4712',
        'ireserve-bridge deliveries retry 4711 --following',
        'ireserve-bridge deliveries retry --all-dead --integration aurora',
    ]);

    const elsewhere = subCommand(deliveries, 'reroute', 'send a dead delivery to another channel, before it is retried')
        .argument('<seq>', 'from deliveries list', seq)
        .argument('<channel id>', 'or none: where it would go by itself')
        .action(reroute);
    examples(elsewhere, ['ireserve-bridge deliveries reroute 4711 8f3kq1w7ztdc5yh4mbp6r9ue2a']);

    const discard = subCommand(deliveries, 'discard', 'give dead or waiting deliveries up for good')
        .argument('<seq...>', 'from deliveries list', seqs)
        .requiredOption('--reason <text>', 'kept in the integration log')
        .action(discardDeliveries);
    examples(discard, ['ireserve-bridge deliveries discard 4711 --reason "test data"']);
}

function stateParser(value: string, before: string[] | undefined): string[] {
    if (!CHOICES.includes(value)) throw new InvalidArgumentError(`Choose one of ${CHOICES.join(', ')}.`);
    return collect(value, before);
}
