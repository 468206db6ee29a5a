/** Evaluated first: where webpack finds the parts that are loaded later. They lie beside the script, on whatever host and subpath that is (later.tsx: `beside`). */
import manifest from '../../plugin.json';
import {siteUrl} from './host.ts';

// biome-ignore lint/style/useConst: webpack reads it.
declare let __webpack_public_path__: string;

const script = document.currentScript as HTMLScriptElement | null;
// The server renames main.js, and keeps the others as they are.
__webpack_public_path__ = script?.src ? new URL('.', script.src).href : `${siteUrl()}/static/plugins/${manifest.id}/`;
