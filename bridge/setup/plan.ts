/** Setup: looked at step by step, shown, then carried out. Each step is finished and written down before the next, so it can be begun again at any point. */
import type {HowToSet} from '../doctor/server-settings.ts';
import type {SetupAnswers} from './answers.ts';
import type {Look, Site, Step} from './site.ts';
import {agentSteps} from './steps/agents.ts';
import {commandSteps, endedTokensStep, webhookSteps} from './steps/calls.ts';
import {integrationStep} from './steps/integration.ts';
import {botSteps, channelSteps, teamSteps} from './steps/people-and-places.ts';
import {pluginSteps} from './steps/plugin.ts';
import {settingSteps} from './steps/settings.ts';

export type PlannedStep = {
    key: string;
    what: string;
    why: string;
    required: boolean;
    state: Look['state'] | 'made';
    text: string;
    settings: HowToSet[];
};

const stepsOf = (answers: SetupAnswers): Step[] => [
    ...teamSteps(answers),
    ...settingSteps(),
    ...botSteps(answers),
    ...channelSteps(answers),
    ...agentSteps(answers),
    integrationStep(answers),
    ...commandSteps(answers),
    endedTokensStep(),
    ...webhookSteps(answers),
    ...pluginSteps(answers),
];

/** What would be done. Changes nothing in Mattermost. */
export async function plan(site: Site): Promise<PlannedStep[]> {
    const planned: PlannedStep[] = [];
    for (const step of stepsOf(site.answers)) planned.push(plannedOf(step, await step.look(site)));
    return planned;
}

const plannedOf = ({key, what, why, required}: Step, look: Look): PlannedStep => ({
    key,
    what,
    why,
    required,
    state: look.state,
    text: look.text,
    settings: look.state === 'cannot' ? (look.settings ?? []) : [],
});

/** What keeps the whole from being begun. */
export const obstacles = (planned: readonly PlannedStep[]): PlannedStep[] =>
    planned.filter(({required, state}) => required && state === 'cannot');

/**
 * Carries the plan out. What is there already is left as it is.
 *
 * @param tell called after each step
 * @param stopping asked before each step
 * @throws what Mattermost or the store answered; begun again, it goes on where it stopped
 */
export async function apply(
    site: Site,
    tell: (step: PlannedStep) => void = () => undefined,
    stopping: () => boolean = () => false,
): Promise<PlannedStep[]> {
    const done: PlannedStep[] = [];
    for (const step of stepsOf(site.answers)) {
        if (stopping()) break;
        // Looked at anew: what the steps before made is known now.
        const look = await step.look(site);
        if (look.state === 'to_make') await step.make(site);
        const planned = plannedOf(step, look);
        const result: PlannedStep = look.state === 'to_make' ? {...planned, state: 'made'} : planned;
        done.push(result);
        tell(result);
        if (step.required && look.state === 'cannot') break;
    }
    return done;
}
