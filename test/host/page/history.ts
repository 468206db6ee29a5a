/** The page's own addresses: `/<team>/channels/<name>`, `/<team>/pl/<post>`, `/admin_console/plugins/plugin_<id>`. */
type Listener = () => void;

const listeners = new Set<Listener>();
const tell = () => {
    for (const listener of listeners) listener();
};

export const browserHistory = {
    get location() {
        const {pathname, search, hash} = window.location;
        return {pathname, search, hash};
    },
    push(path: string) {
        window.history.pushState(null, '', path);
        tell();
    },
    replace(path: string) {
        window.history.replaceState(null, '', path);
        tell();
    },
    listen(listener: Listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
    },
};

window.addEventListener('popstate', tell);
