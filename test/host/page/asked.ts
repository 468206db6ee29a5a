/** What the address asks for: `?user=anna.keller&theme=onyx&locale=nl&crt=off&react=19`. Kept for the tab, since links inside the page lose it. */
export type Asked = {user: string; theme: string; locale: string; collapsed: boolean};

const KEPT = 'host-asked';

export function readAsked(): Asked {
    const kept = new URLSearchParams(window.sessionStorage.getItem(KEPT) ?? '');
    for (const [name, value] of new URLSearchParams(window.location.search)) kept.set(name, value);
    window.sessionStorage.setItem(KEPT, kept.toString());
    return {
        user: kept.get('user') ?? '',
        theme: kept.get('theme') ?? 'denim',
        locale: kept.get('locale') ?? '',
        collapsed: kept.get('crt') !== 'off',
    };
}
