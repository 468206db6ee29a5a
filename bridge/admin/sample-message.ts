/** What the test posts, in the integration's language. */
import type {Integration} from '../integration.ts';

const TEXTS: Record<Integration['config']['language'], (name: string) => string> = {
    en: (name) => `✅ **Test message from i-Reserve** · ${name}\nThe bot can post in this channel.`,
    nl: (name) => `✅ **Testbericht van i-Reserve** · ${name}\nDe bot kan in dit kanaal berichten plaatsen.`,
    de: (name) => `✅ **Testnachricht von i-Reserve** · ${name}\nDer Bot kann in diesen Kanal schreiben.`,
};

export const sampleMessage = ({name, environment, config}: Integration): string => TEXTS[config.language](`${name} (${environment})`);
