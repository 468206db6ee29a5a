/** The language an admin reads, as his page says it (RFC 9110, Accept-Language). Scripts that say none get English. */
import type {IncomingHttpHeaders} from 'node:http';
import type {BridgeLanguage} from '../to-mattermost/phrases.ts';

const LANGUAGES: readonly BridgeLanguage[] = ['en', 'nl', 'de'];

export function languageOf(headers: IncomingHttpHeaders): BridgeLanguage {
    const wanted = (headers['accept-language'] ?? '')
        .slice(0, 200)
        .split(',')
        .map((range) => {
            const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
            const quality = parameters.find((one) => one.startsWith('q='))?.slice(2);
            return {language: tag.toLowerCase().split('-')[0], quality: quality === undefined ? 1 : Number(quality)};
        })
        .filter(({quality}) => quality > 0)
        .sort((one, other) => other.quality - one.quality);
    for (const {language} of wanted) {
        const known = LANGUAGES.find((one) => one === language);
        if (known) return known;
    }
    return 'en';
}
