/** `deliveries reroute`. */
import {findDelivery, rerouteDelivery} from '../../admin/deliveries.ts';
import {cliActor} from '../actor.ts';
import type {Common} from '../command.ts';
import {CliError, usage} from '../failure.ts';
import {withStore} from '../open-store.ts';
import {present} from '../output.ts';

export async function reroute(seq: number, channel: string, {json}: Common): Promise<void> {
    if (channel !== 'none' && !/^[a-z0-9]{26}$/.test(channel)) {
        throw usage(`${channel} is no Channel ID.`, 'Copy the 26 letters and digits from the channel menu → View Info, or say none.');
    }
    const channel_id = channel === 'none' ? null : channel;
    await withStore(async ({database, now}) => {
        const row = await findDelivery(database.read, seq);
        if (!row) throw new CliError('not_found', `There is no delivery ${seq}.`, 'See ireserve-bridge deliveries list.');
        const changed = await database.write((tx) => rerouteDelivery(tx, seq, channel_id, now(), cliActor()));
        if (!changed)
            throw new CliError(
                'failed',
                `${seq} is ${row.state}, ${row.direction}.`,
                'Only dead letters on their way to Mattermost go elsewhere.',
            );
        present(json, {seq, channel_id}, () => [
            channel_id === null ? `${seq} goes where it would by itself.` : `${seq} goes to ${channel_id} once it is retried.`,
            `Next: ireserve-bridge deliveries retry ${seq}`,
        ]);
    });
}
