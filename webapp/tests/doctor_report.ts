/** What the doctor might find (bridge/doctor/report.ts). */
export const doctorReport = {
    at: '2026-11-22T08:59:00.000Z',
    integration: 'aurora-test',
    environment: 'test',
    version: '0.1.0',
    state: 'failed',
    hops: [
        {
            hop: 'bot',
            title: 'Bot',
            state: 'ok',
            checks: [{check: 'token', title: 'Token', state: 'ok', text: 'It works', findings: [], ms: 12}],
        },
        {
            hop: 'channels',
            title: 'Channels',
            state: 'failed',
            checks: [
                {
                    check: 'mirror',
                    title: 'Mirror channel',
                    state: 'failed',
                    text: '',
                    ms: 20,
                    findings: [
                        {
                            code: 'site_url_missing',
                            severity: 'error',
                            text: 'Site URL is empty',
                            means: 'Browsers refuse the side panel’s calls.',
                            mend: 'Set the address people have in their browsers: ireserve-bridge integration set aurora --server-url https://chat.example',
                            settings: [
                                {
                                    name: 'ServiceSettings.SiteURL',
                                    value: 'https://mattermost.example',
                                    console: 'Environment → Web Server → Site URL',
                                    environment: 'MM_SERVICESETTINGS_SITEURL=https://mattermost.example',
                                    mmctl: 'mmctl config set ServiceSettings.SiteURL https://mattermost.example',
                                },
                            ],
                        },
                    ],
                },
            ],
        },
    ],
    checklist: [
        {item: 'Bot account made, token set', state: 'ok', checks: ['token']},
        {item: 'Channel IDs noted and right', state: 'failed', checks: ['mirror']},
    ],
};
