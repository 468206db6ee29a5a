/** Settings of the Mattermost server: changed only when asked to, else told exactly. */
import {lookup} from 'node:dns/promises';
import {howToSet, type ServerSetting} from '../../doctor/server-settings.ts';
import {isPublicAddress} from '../../to-mattermost/addresses.ts';
import {botNameOf} from '../answers.ts';
import {adopt, type Look, orNone, type Site, type Step} from '../site.ts';

type Wanted = {name: ServerSetting; why: string; required: boolean; needed: (site: Site) => Promise<boolean> | boolean};

const hasNoBot = async ({admin, known, answers}: Site): Promise<boolean> =>
    !known.bot && !(await orNone(admin.getUserByUsername(botNameOf(answers))));

const WANTED: Wanted[] = [
    {name: 'ServiceSettings.EnableBotAccountCreation', why: 'bots can be made', required: true, needed: hasNoBot},
    {name: 'ServiceSettings.EnableCommands', why: '/ireserve, and the side panel’s log-in', required: false, needed: () => true},
    {
        name: 'ServiceSettings.EnableOutgoingWebhooks',
        why: 'outgoing webhooks were asked for',
        required: false,
        needed: ({answers}) => answers.webhook,
    },
    {
        name: 'ServiceSettings.AllowedUntrustedInternalConnections',
        why: 'Mattermost may call the bridge, whose address is private',
        required: false,
        needed: ({answers}) => isPrivate(new URL(answers.public_url).hostname),
    },
];

export const settingSteps = (): Step[] =>
    WANTED.map((wanted) => ({
        key: `setting/${wanted.name}`,
        what: wanted.name,
        why: wanted.why,
        required: wanted.required,
        look: (site) => look(site, wanted),
        make: (site) => change(site, wanted),
    }));

async function look(site: Site, wanted: Wanted): Promise<Look> {
    if (!(await wanted.needed(site))) return {state: 'not_needed', text: 'not needed'};
    const [before, after] = valuesOf(site, wanted);
    if (before === after) {
        await adopt(site, `setting/${wanted.name}`, wanted.name);
        site.known.switchedOn.add(wanted.name);
        return {state: 'exists', text: `is ${before}`};
    }
    if (site.answers.change_settings) return {state: 'to_make', text: `${before || 'empty'} → ${after}`};
    return {
        state: 'cannot',
        text: `is ${before || 'empty'}; set it, or let setup do it: --change-settings`,
        settings: [howToSet(wanted.name, after)],
    };
}

async function change(site: Site, wanted: Wanted): Promise<void> {
    const {name} = wanted;
    const [before, after] = valuesOf(site, wanted);
    await site.made?.begin(`setting/${name}`, 'setting', {name, before});
    await site.admin.patchConfig(patchOf(name, after));
    await site.made?.done(`setting/${name}`, name);
    site.known.switchedOn.add(name);
}

/** As it is, and as it must be. */
function valuesOf({config, answers}: Site, {name}: Wanted): [string, string] {
    const [section, key] = name.split('.') as ['ServiceSettings', 'SiteURL'];
    const before = String((config[section] as Record<string, unknown> | undefined)?.[key] ?? '');
    if (name !== 'ServiceSettings.AllowedUntrustedInternalConnections') return [before, 'true'];
    const host = new URL(answers.public_url).hostname.replace(/^\[|\]$/g, '');
    const entries = before.split(/[\s,]+/).filter(Boolean);
    // A range that was set on purpose is the admin's answer; the doctor tries it.
    const covered = entries.includes(host) || entries.some((entry) => entry.includes('/'));
    return [before, covered ? before : [...entries, host].join(' ')];
}

/** The part of the configuration that one setting is. */
export function patchOf(name: string, value: string): object {
    const [section = '', key = ''] = name.split('.');
    return {[section]: {[key]: value === 'true' ? true : value === 'false' ? false : value}};
}

async function isPrivate(hostname: string): Promise<boolean> {
    const addresses = await lookup(hostname.replace(/^\[|\]$/g, ''), {all: true}).catch(() => []);
    return addresses.length > 0 && addresses.every(({address}) => !isPublicAddress(address));
}
