import {createHash} from 'node:crypto';
import {dirname, extname} from 'node:path/posix';
import {gunzipSync} from 'node:zlib';
import type {Express} from 'express';
import {ApiError} from '../state/api-error.ts';
import {requireSystemAdmin} from '../state/permissions.ts';
import type {JsonObject, Plugin} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {type Call, OK} from './call.ts';
import type {Router} from './routes.ts';

/** Enough of the plugin API to install a web-app plugin and to serve its bundle the way the server does. */
export function addPluginRoutes(route: Router, app: Express, world: World): void {
    route('POST', '/plugins', async (call) => {
        requireSystemAdmin(call.user);
        if (call.world.config.requirePluginSignature) {
            throw new ApiError(501, 'app.plugin.upload_disabled.app_error', 'Plugins and/or plugin uploads have been disabled.');
        }
        if (!call.world.config.enablePlugins || !call.world.config.enablePluginUploads) {
            throw new ApiError(501, 'app.plugin.upload_disabled.app_error', 'Plugins and/or plugin uploads have been disabled.');
        }
        const form = await new Response(new Uint8Array(await call.body(50 * 1024 * 1024)), {
            headers: {'Content-Type': call.req.headers['content-type'] ?? ''},
        })
            .formData()
            .catch(() => undefined);
        const file = form?.get('plugin');
        if (form === undefined || typeof file !== 'object' || file === null) {
            throw new ApiError(400, 'api.plugin.upload.no_file.app_error', 'Missing file in multipart/form request.');
        }
        const plugin = readBundle(Buffer.from(await file.arrayBuffer()));
        if (call.world.plugins.has(plugin.id) && form.get('force') !== 'true') {
            throw new ApiError(
                400,
                'app.plugin.install_id.app_error',
                'Unable to install plugin. A plugin with the same ID is already installed.',
            );
        }
        call.world.plugins.set(plugin.id, {...plugin, active: call.world.plugins.get(plugin.id)?.active ?? false});
        return {status: 201, json: plugin.manifest};
    });

    route('GET', '/plugins', ({world, user}) => {
        requireSystemAdmin(user);
        const all = [...world.plugins.values()];
        const shown = (active: boolean): unknown[] => all.filter((one) => one.active === active).map(({manifest}) => manifest);
        return {json: {active: shown(true), inactive: shown(false)}};
    });

    /** Readable without a log-in. */
    route('GET', '/plugins/webapp', ({world}) => ({json: [...world.plugins.values()].filter(({active}) => active).map(webappEntry)}), {
        login: false,
    });

    for (const [action, active] of [
        ['enable', true],
        ['disable', false],
    ] as const) {
        route('POST', `/plugins/:plugin_id/${action}`, (call) => {
            installed(call).active = active;
            const plugin = installed(call);
            const event = {event: `plugin_${active ? 'enabled' : 'disabled'}`, data: {manifest: webappEntry(plugin)}};
            const broadcast = {omit_users: null, user_id: '', channel_id: '', team_id: '', connection_id: '', omit_connection_id: ''};
            call.world.hub.publish({...event, broadcast}, () => true);
            return OK;
        });
    }

    route('DELETE', '/plugins/:plugin_id', (call) => {
        call.world.plugins.delete(installed(call).id);
        return OK;
    });

    /** The bundle under the name the server gives it, and everything that lay beside it under its own; for a year, without a log-in. */
    app.get('/static/plugins/:plugin_id/*file', (req, res) => {
        const plugin = world.plugins.get(req.params.plugin_id);
        const name = req.params.file.join('/');
        const bytes = plugin && name === bundleName(plugin) ? plugin.bundle : plugin?.beside.get(name);
        if (bytes === undefined) {
            res.status(404).end();
            return;
        }
        res.type(extname(name)).set('Cache-Control', 'max-age=31556926, public').send(bytes);
    });
}

function installed({world, user, param}: Call): Plugin {
    requireSystemAdmin(user);
    const plugin = world.plugins.get(param('plugin_id'));
    if (plugin === undefined) {
        throw new ApiError(404, 'app.plugin.not_installed.app_error', 'Plugin is not installed.');
    }
    return plugin;
}

function bundleName({id, bundle}: Plugin): string {
    return `${id}_${createHash('sha1').update(bundle).digest('hex').slice(0, 16)}_bundle.js`;
}

/** The web app puts `/static/plugins/` for `/static/` by itself. */
function webappEntry(plugin: Plugin): JsonObject {
    return {id: plugin.id, version: plugin.version, name: plugin.name, webapp: {bundle_path: `/static/${plugin.id}/${bundleName(plugin)}`}};
}

/** Reads `plugin.json` and the web-app bundle out of a .tar.gz. */
function readBundle(gzipped: Buffer): Plugin {
    const bad = new ApiError(400, 'app.plugin.extract.app_error', 'An error occurred extracting the plugin bundle.');
    try {
        const files = untar(gunzipSync(gzipped));
        const manifestPath = [...files.keys()].find((path) => /^(?:\.\/)?(?:[^/]+\/)?plugin\.json$/.test(path)) ?? '';
        const manifest = JSON.parse(files.get(manifestPath)?.toString('utf8') ?? '') as {
            id: string;
            name?: string;
            version: string;
        } & JsonObject;
        const folder = manifestPath.slice(0, -'plugin.json'.length);
        const webapp = manifest.webapp as {bundle_path?: string} | undefined;
        const bundlePath = `${folder}${webapp?.bundle_path ?? ''}`;
        const bundle = files.get(bundlePath);
        if (webapp !== undefined && bundle === undefined) {
            throw bad;
        }
        const published = `${dirname(bundlePath)}/`;
        const beside = [...files].filter(([path]) => bundle && path.startsWith(published) && path !== bundlePath);
        return {
            id: manifest.id,
            name: manifest.name ?? '',
            version: manifest.version,
            manifest,
            active: false,
            bundle: bundle ?? Buffer.alloc(0),
            beside: new Map(beside.map(([path, bytes]) => [path.slice(published.length), bytes])),
        };
    } catch {
        throw bad;
    }
}

const BLOCK = 512;

function untar(tar: Buffer): Map<string, Buffer> {
    const files = new Map<string, Buffer>();
    const text = (at: number, length: number): string => tar.toString('utf8', at, at + length).replace(/\0.*$/s, '');
    for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
        const size = Number.parseInt(text(at + 124, 12), 8) || 0;
        const prefix = text(at + 345, 155);
        const type = tar[at + 156];
        if (type === 0 || type === 0x30) {
            files.set(prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`, tar.subarray(at + BLOCK, at + BLOCK + size));
        }
        at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    }
    return files;
}
