/** `integration list|show|add|set|remove`. */
import {type Command, Option} from 'commander';
import {collect, count, examples, number, subCommand} from '../command.ts';
import {addIntegration} from './add.ts';
import {removeIntegration} from './remove.ts';
import {setIntegration} from './set.ts';
import {listIntegrations, showIntegration} from './show.ts';

const SECRETS_HELP = `
Secrets: what is given on the command line is seen in the process list and stays in the shell's
history. Better: --bot-token-file FILE, or --bot-token-stdin, or for add the environment variable
IRESERVE_BOT_TOKEN. A FILE of - is standard input.
`;

const STATES_HELP = `
States:
  active    events are stored and delivered
  paused    events are stored and wait; they are delivered, in order, once it is active again
  inactive  events are answered as ignored, never delivered; what was waiting before waits on
`;

const SET_HELP = `
--attachment-host, --card-property, --guard-pattern, --webhook-token-file, --command-token-file and
--routing-file replace the whole list; '' as the only value empties it, and so does a rules file that
holds []. '' also clears --conversation-link, --alert-channel, --callback-url, --agents-url,
--ireserve-url and --booking-link. Licence and environment are what an integration is: for others, add another one.
`;

export function declare(integration: Command): void {
    subCommand(integration, 'list', 'all integrations').action(listIntegrations);
    subCommand(integration, 'show', 'everything about one integration, except its secrets').argument('<name>').action(showIntegration);

    const add = subCommand(integration, 'add', 'make an integration')
        .argument('<name>', 'short name, used in commands and in the ireserve-integration header')
        .requiredOption('--licence <licence>', 'licence (owner) in i-Reserve')
        .addOption(new Option('--environment <environment>', 'of i-Reserve').choices(['test', 'production']).makeOptionMandatory());
    addSettings(add);
    add.action(addIntegration).addHelpText('after', SECRETS_HELP + STATES_HELP);
    examples(add, [
        'ireserve-bridge integration add aurora --licence aurora --environment production \\',
        '    --server-url https://chat.example.com --bot-token-file token.txt \\',
        '    --channel 4yzdw8cbqpyqmn1o6k8r3tq5ae --language nl --signing-secret generate \\',
        '    --notification booking_confirmation=8f3kq1w7ztdc5yh4mbp6r9ue2a',
        'pass show aurora/bot | ireserve-bridge integration add aurora ... --bot-token-stdin',
    ]);

    const set = subCommand(integration, 'set', 'change an integration; the running service takes it over within a second').argument(
        '<name>',
    );
    addSettings(set);
    set.option('--drop-old-signing-secret', 'the previous signing secret is not accepted any more')
        .option('--drop-old-callback-secret', 'callbacks are signed with the newest callback secret only')
        .action(setIntegration)
        .addHelpText('after', SECRETS_HELP + STATES_HELP + SET_HELP);
    examples(set, [
        'ireserve-bridge secret add aurora bot_token --file token.txt',
        'ireserve-bridge integration set aurora --notification review=8f3kq1w7ztdc5yh4mbp6r9ue2a',
        'ireserve-bridge integration set aurora --notification review=',
        'ireserve-bridge integration set aurora --state paused',
        '# rotation: first both secrets are accepted, and once i-Reserve signs with the new one, only that',
        'ireserve-bridge secret add aurora signing_secrets --generate',
        'ireserve-bridge integration set aurora --drop-old-signing-secret',
    ]);

    const remove = subCommand(integration, 'remove', 'remove an integration and all the bridge holds of it; Mattermost keeps its posts')
        .argument('<name>')
        .option('--yes', 'really do it; without it you are only told what would go and what stays')
        .action(removeIntegration);
    examples(remove, ['ireserve-bridge integration remove aurora', 'ireserve-bridge integration remove aurora --yes']);
}

/** The names are those on i-Reserve's own Mattermost screens, where those have one. */
function addSettings(command: Command): void {
    command
        .option('--server-url <url>', 'Server URL: base URL of the Mattermost server')
        .option('--bot-token <token>', 'Bot token (better: the next two)')
        .option('--bot-token-file <file>', 'Bot token, read from a file')
        .option('--bot-token-stdin', 'Bot token, read from standard input')
        .option('--channel <id>', 'Channel: where conversations are mirrored (channel menu → View Info)')
        .option('--notification <type=channel>', 'Notifications → channel, repeatable; `type=` ends sending that type', collect)
        .option('--routing-file <file>', 'rules that choose among channels, as YAML or JSON')
        .option('--language <language>', 'of what the bridge itself writes: nl, en, de')
        .option('--time-zone <zone>', 'of the times it writes, e.g. Europe/Amsterdam')
        .option('--conversation-link <url>', 'link into i-Reserve with {conversation_id}')
        .option(
            '--attachment-host <host>',
            'host that attachments may be fetched from, repeatable; *.example.com covers subdomains',
            collect,
        )
        .option('--card-property <name>', 'visitor property the card may show, repeatable', collect)
        .option('--card-email', 'the card shows the visitor’s e-mail address')
        .option('--no-card-email', 'the card does not show it')
        .option('--alert-channel <id>', 'channel told when something waits for an admin')
        .option('--dead-letter-after-hours <hours>', 'give a delivery up after so long', number)
        .option('--messages-per-thread <count>', 'continue in a new thread after so many', count)
        .option('--callback-url <url>', 'where agents’ answers go, signed; without it they stay in Mattermost')
        .addOption(
            new Option('--reply-policy <policy>', 'what goes to the visitor: all but notes, or only what is marked').choices([
                'thread',
                'explicit',
            ]),
        )
        .option('--guard-pattern <regex>', 'a reply that matches is asked about first, repeatable', collect)
        .option('--guard-minutes <minutes>', 'a question nobody answers for so long means: keep internal', count)
        .option('--undo-seconds <seconds>', 'replies wait so long before they leave', number)
        .option('--panel-undo-seconds <seconds>', 'the same for replies sent in the side panel', number)
        .option('--relay-bots', 'other bots’ posts in a thread go to the visitor too')
        .option('--no-relay-bots', 'they do not')
        .option('--agents-url <url>', 'where i-Reserve’s agent list is fetched; without it i-Reserve pushes it')
        .addOption(
            new Option('--reply-files <how>', 'agents’ files as short-lived addresses, or inside the callback').choices(['url', 'inline']),
        )
        .option('--file-link-minutes <minutes>', 'how long such an address works', count)
        .option('--round-trip-minutes <minutes>', 'make a round trip so often; 0: never', number)
        .option('--ireserve-url <url>', 'base URL of i-Reserve’s environment, to look bookings up')
        .option('--ireserve-user <name>', 'API user there, read-only, without two-factor log-in')
        .option('--ireserve-password-file <file>', 'that user’s password')
        .option('--booking-link <url>', 'page of a booking, with {base} and {id}')
        .option('--native-hook', 'make an address for i-Reserve’s own webhooks (a new one each time)')
        .option('--no-native-hook', 'take it away')
        .option('--native-mapping-file <file>', 'where things are in the bodies of those webhooks, as YAML or JSON')
        .option(
            '--channel-fields-file <file>',
            'what cards may show in single channels, as YAML or JSON: {CHANNEL_ID: {email, properties}}',
        )
        .option('--retention-conversations <days>', 'erase quiet conversations, here and in Mattermost; 0: never', number)
        .option('--retention-log <days>', 'keep the integration log for so long; 0: for good', number)
        .option('--retention-events <days>', 'know the ids of settled events for so long; 0: for good', number)
        .option('--conversations-url <url>', 'where i-Reserve lists its conversations, compared every night; empty: it pushes them')
        .option('--webhook-token-file <file>', 'token of Mattermost’s outgoing webhook, repeatable; replaces the list', collect)
        .option('--command-token-file <file>', 'token of the slash command, one per team, repeatable; replaces the list', collect)
        .option('--callback-secret <secret>', '`generate`, or a whsec_… of i-Reserve’s; without one the signing secret signs both ways')
        .option('--callback-secret-file <file>', 'that secret, read from a file')
        .option('--callback-token-file <file>', 'sent as a bearer with every callback')
        .addOption(new Option('--state <state>', 'see States below').choices(['active', 'paused', 'inactive']))
        .option('--signing-secret <secret>', '`generate`, or a Standard Webhooks secret (whsec_…) of i-Reserve’s')
        .option('--signing-secret-file <file>', 'that secret, read from a file');
}
