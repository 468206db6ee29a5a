/** The integration in the bridge's own store, with a token for its bot. */
import {IntegrationConfig, IntegrationSecrets} from '../../integration.ts';
import type {SetupAnswers} from '../answers.ts';
import {adopt, type Look, making, type Site, type Step} from '../site.ts';
import {botOf, channelOf} from './people-and-places.ts';

export function integrationStep({name, environment, licence}: SetupAnswers): Step {
    return {
        key: 'integration',
        what: `integration ${name}`,
        why: `licence ${licence}, ${environment}`,
        required: true,
        look,
        make: store,
    };
}

/** What the bot's tokens are called in Mattermost: those that nobody knows any more are found by it. */
const descriptionOf = ({name}: SetupAnswers): string => `i-Reserve bridge: ${name}`;

async function look(site: Site): Promise<Look> {
    const {answers, known} = site;
    const existing = known.integration;
    if (!existing) return {state: 'to_make', text: 'will be stored, with a new bot token and signing secret'};
    if (existing.licence !== answers.licence || existing.environment !== answers.environment)
        return {state: 'cannot', text: `exists for ${existing.licence}, ${existing.environment}: choose another name`};
    await adopt(site, 'integration', existing.id);
    if (!(await site.meOf(existing.secrets.bot_token))) return {state: 'to_make', text: 'its bot token is refused: gets a new one'};
    const wanted = wantedConfig(site);
    if (!wanted) return {state: 'to_make', text: 'its channels are still to be made'};
    const changed = Object.keys(wanted).filter((key) => differs(existing.config, wanted, key as keyof IntegrationConfig));
    return changed.length > 0 ? {state: 'to_make', text: `changes ${changed.join(', ')}`} : {state: 'exists', text: existing.state};
}

const differs = (one: IntegrationConfig, other: IntegrationConfig, key: keyof IntegrationConfig): boolean =>
    JSON.stringify(one[key]) !== JSON.stringify(other[key]);

/** What is there, with what was answered laid over it; undefined while a channel is not known. */
function wantedConfig(site: Site): IntegrationConfig | undefined {
    const {answers, known} = site;
    const {server_url, callback_url, language, time_zone, alert_channel, channel} = answers;
    const given = [channel, ...Object.values(answers.notifications), ...(alert_channel ? [alert_channel] : [])];
    if (given.some((one) => !known.channels.has(one))) return undefined;
    const notifications = Object.entries(answers.notifications).map(([type, one]) => [type, channelOf(site, one).id]);
    return IntegrationConfig.parse({
        ...known.integration?.config,
        server_url,
        channel_id: channelOf(site, channel).id,
        notifications: {...known.integration?.config.notifications, ...Object.fromEntries(notifications)},
        ...(alert_channel ? {alert_channel_id: channelOf(site, alert_channel).id} : {}),
        ...(callback_url ? {callback_url} : {}),
        ...(language ? {language} : {}),
        ...(time_zone ? {time_zone} : {}),
    });
}

async function store(site: Site): Promise<void> {
    const {answers, known, integrations, made} = site;
    const config = wantedConfig(site);
    if (!integrations || !config) throw new Error('there is nothing to store the integration in yet');
    const existing = known.integration;
    if (existing) {
        const works = await site.meOf(existing.secrets.bot_token);
        const secrets = works ? existing.secrets : {...existing.secrets, bot_token: await newToken(site)};
        known.integration = await integrations.change(existing.id, {config, secrets});
        return;
    }
    const bot_token = await newToken(site);
    const signing_secret = `whsec_${site.random(24).toString('base64')}`;
    const secrets = IntegrationSecrets.parse({bot_token, signing_secrets: [signing_secret]});
    await made?.begin('integration', 'integration', {name: answers.name});
    const {name, licence, environment} = answers;
    known.integration = await integrations.add({name, licence, environment, config, secrets});
    await made?.done('integration', known.integration.id);
    known.secrets.signing_secret = signing_secret;
}

/** Shown once by Mattermost: stored at once. One of ours that was never stored is of no use to anybody, and revoked. */
async function newToken(site: Site): Promise<string> {
    const {admin, answers, made} = site;
    const bot = botOf(site);
    const description = descriptionOf(answers);
    const rows = (await made?.rows()) ?? [];
    const begun = rows.some(({kind}) => kind === 'token');
    if (begun) {
        const tokens = await admin.getUserAccessTokensForUser(bot.id, 0, 200);
        for (const token of tokens.filter((one) => one.description === description)) await admin.revokeUserAccessToken(token.id);
        await made?.forget('token');
    }
    const {token = ''} = await making(site, 'token', 'token', {user_id: bot.id, description}, () =>
        admin.createUserAccessToken(bot.id, description),
    );
    return token;
}
