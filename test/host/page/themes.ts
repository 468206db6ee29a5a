/** Mattermost's five stock themes, and the CSS variables the web app makes of them, `-rgb` twins included. */
export type Theme = Record<string, string> & {type: string};

const sapphireLike = {awayIndicator: '#ffbc1f', dndIndicator: '#d24b4e', onlineIndicator: '#3db887', mentionHighlightBg: '#ffd470'};

const light = (type: string, sidebar: [bg: string, header: string, team: string, hover: string], accent: string, link: string): Theme => ({
    type,
    sidebarBg: sidebar[0],
    sidebarText: '#ffffff',
    sidebarUnreadText: '#ffffff',
    sidebarTextHoverBg: sidebar[3],
    sidebarTextActiveBorder: accent,
    sidebarTextActiveColor: '#ffffff',
    sidebarHeaderBg: sidebar[1],
    sidebarHeaderTextColor: '#ffffff',
    sidebarTeamBarBg: sidebar[2],
    ...sapphireLike,
    mentionBg: '#ffffff',
    mentionColor: sidebar[0],
    centerChannelBg: '#ffffff',
    centerChannelColor: '#3f4350',
    newMessageSeparator: '#cc8f00',
    linkColor: link,
    buttonBg: accent,
    buttonColor: '#ffffff',
    errorTextColor: '#d24b4e',
    mentionHighlightLink: '#1b1d22',
    codeTheme: 'github',
});

const dark = (
    type: string,
    sidebar: [bg: string, header: string, team: string, hover: string],
    center: string,
    accent: string,
    text: string,
): Theme => ({
    ...light(type, sidebar, accent, '#5d89ea'),
    awayIndicator: '#f5ab00',
    dndIndicator: '#db2e2e',
    mentionBg: accent,
    mentionColor: '#ffffff',
    centerChannelBg: center,
    centerChannelColor: text,
    newMessageSeparator: '#1adbdb',
    errorTextColor: '#f14747',
    mentionHighlightBg: '#0d6e6e',
    mentionHighlightLink: '#a4f4f4',
    codeTheme: 'monokai',
});

/** What nobody has chosen, and the System Console always. */
export const DENIM = light('Denim', ['#1e325c', '#192a4d', '#14213e', '#28427b'], '#1c58d9', '#386fe5');

export const THEMES: Record<string, Theme> = {
    denim: DENIM,
    sapphire: light('Sapphire', ['#1543a3', '#133a91', '#0f2c6e', '#2c5bbd'], '#1c58d9', '#1c58d9'),
    quartz: {
        ...light('Quartz', ['#f4f4f6', '#e8e9ed', '#dddfe4', '#eaebef'], '#1c58d9', '#1c58d9'),
        sidebarText: '#090a0b',
        sidebarUnreadText: '#2d3039',
        sidebarTextActiveColor: '#2d3039',
        sidebarHeaderTextColor: '#2d3039',
        mentionBg: '#386fe5',
        mentionColor: '#ffffff',
    },
    indigo: dark('Indigo', ['#151e32', '#182339', '#111827', '#222c3f'], '#111827', '#386fe5', '#dddfe4'),
    onyx: dark('Onyx', ['#202228', '#25272d', '#191b1f', '#2d3039'], '#191b1f', '#4a7ce8', '#e3e4e8'),
};

/** The names in CSS, where they are not the theme's own with dashes. */
const CSS_NAMES: Record<string, string> = {
    errorTextColor: 'error-text',
    sidebarHeaderTextColor: 'sidebar-header-text-color',
    sidebarTeamBarBg: 'sidebar-teambar-bg',
};

export function applyTheme(theme: Theme): void {
    const {style} = document.documentElement;
    for (const [name, value] of Object.entries(theme)) {
        if (!/^#[0-9a-f]{6}$/i.test(value)) continue;
        const variable = CSS_NAMES[name] ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        style.setProperty(`--${variable}`, value);
        style.setProperty(`--${variable}-rgb`, channelsOf(value));
    }
    const isDark = luminance(theme.centerChannelBg ?? '#ffffff') < 0.5;
    document.documentElement.style.colorScheme = 'normal';
    for (const [name, value] of Object.entries(isDark ? DARK : LIGHT)) style.setProperty(name, value);
}

const channelsOf = (hex: string): string => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(', ');

const luminance = (hex: string): number =>
    [1, 3, 5].reduce(
        (sum, at, index) => sum + (Number.parseInt(hex.slice(at, at + 2), 16) / 255) * ([0.2126, 0.7152, 0.0722][index] ?? 0),
        0,
    );

const elevations = (shade: string) =>
    Object.fromEntries(
        [2, 4, 8, 12, 18, 24].map((depth, at) => [`--elevation-${at + 1}`, `0 ${depth / 2}px ${depth}px 0 rgba(0, 0, 0, ${shade})`]),
    );
const SHAPES = {
    '--radius-xs': '2px',
    '--radius-s': '4px',
    '--radius-m': '8px',
    '--radius-l': '12px',
    '--radius-xl': '16px',
    '--radius-full': '50%',
};
const STATES = {
    '--semantic-color-info': '93, 137, 234',
    '--semantic-color-success': '61, 184, 135',
    '--semantic-color-warning': '255, 188, 31',
    '--semantic-color-danger': '210, 75, 78',
};
const BORDERS = {
    '--border-default': 'solid 1px rgba(var(--center-channel-color-rgb), 0.16)',
    '--border-light': 'solid 1px rgba(var(--center-channel-color-rgb), 0.08)',
    '--border-dark': 'solid 1px rgba(var(--center-channel-color-rgb), 0.24)',
};
const LIGHT = {...elevations('0.12'), ...SHAPES, ...STATES, ...BORDERS};
const DARK = {...elevations('0.32'), ...SHAPES, ...STATES, ...BORDERS};
