/** A plugin that uses every method of the registry our own one may use: it tells whether the host page does what Mattermost does. Plain script, as plugins are. */
(() => {
    const {React, ReactIntl, ReactRedux} = window;
    const h = React.createElement;
    const seen = [];
    window.fixtureSeen = seen;

    function Panel({theme}) {
        const me = ReactRedux.useSelector((state) => state.entities.users.profiles[state.entities.users.currentUserId]);
        const count = ReactRedux.useSelector((state) => state['plugins-fixture'].count);
        const [broken, setBroken] = React.useState(false);
        if (broken) throw new Error('the fixture breaks on purpose');
        const {formatText, messageHtmlToComponent} = window.PostUtils;
        return h(
            'div',
            {className: 'fixture-panel', style: {padding: 16}},
            h('p', {className: 'fixture-hello'}, h(ReactIntl.FormattedMessage, {id: 'fixture.hello', values: {name: me.username}})),
            h('p', null, theme.type),
            h(
                'div',
                {className: 'fixture-markdown'},
                messageHtmlToComponent(formatText('**bold** @ben.osei [x](javascript:alert(1)) <img src=x>', {}), {}),
            ),
            h(window.Components.Avatar, {username: me.username, url: `/api/v4/users/${me.id}/image`, size: 'md'}),
            h(window.Components.Timestamp, {value: 0}),
            h('output', null, String(count)),
            h('button', {type: 'button', className: 'btn btn-primary', onClick: () => setBroken(true)}, 'Break'),
        );
    }

    class Fixture {
        initialize(registry, store) {
            registry.registerReducer((state = {count: 0}, action) => (action.type === 'FIXTURE' ? {count: state.count + 1} : state));
            registry.registerTranslations((locale) => ({'fixture.hello': locale === 'nl' ? 'Dag {name}' : 'Hello {name}'}));
            const panel = registry.registerRightHandSidebarComponent(Panel, 'Fixture');
            const toggle = () => store.dispatch(panel.toggleRHSPlugin);
            const icon =
                'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><circle cx="12" cy="12" r="10" fill="teal"/></svg>';
            registry.registerAppBarComponent({iconUrl: icon, action: toggle, tooltipText: 'Fixture', supportedProductIds: null});
            registry.registerChannelHeaderButtonAction(h('i', {className: 'icon icon-plus'}), toggle, 'Fixture', 'Fixture');
            registry.registerPostDropdownMenuAction(
                'Fixture on root',
                (id) => seen.push(`action ${id}`),
                (id) => store.getState().entities.posts.posts[id]?.root_id === '',
            );
            registry.registerPostDropdownMenuAction({text: 'Fixture for none', action: () => undefined, filter: () => false});
            registry.registerPostActionComponent(({post}) =>
                h(
                    'li',
                    null,
                    h(
                        'button',
                        {
                            type: 'button',
                            className: 'post-menu__item',
                            'aria-label': 'fixture',
                            onClick: () => seen.push(`button ${post.id}`),
                        },
                        '♦',
                    ),
                ),
            );
            registry.registerPostTypeComponent('custom_fixture', ({post}) => h('p', {className: 'fixture-post'}, `own: ${post.message}`));
            registry.registerRootComponent(() => h('div', {className: 'fixture-root', hidden: true}));
            registry.registerSlashCommandWillBePostedHook(async (message, args) => {
                if (message.startsWith('/refused')) return {error: {message: 'The fixture refuses.'}};
                if (!message.startsWith('/fixture')) return {message, args};
                seen.push(`command ${message} in ${args.root_id ? 'a thread' : 'the channel'}`);
                return {};
            });
            registry.registerMessageWillBePostedHook(async (post) =>
                post.message === 'secret' ? {error: {message: 'Not that.'}} : undefined,
            );
            registry.registerWebSocketEventHandler('posted', ({data}) => {
                seen.push(`posted ${JSON.parse(data.post).message}`);
                store.dispatch({type: 'FIXTURE'});
            });
            registry.registerReconnectHandler(() => seen.push('reconnected'));
            registry.registerAdminConsoleCustomSetting('Setup', ({label}) => h('p', {className: 'fixture-setting'}, `setting ${label}`), {
                showTitle: true,
            });
            registry.registerUserSettings({id: 'fixture', uiName: 'Fixture', sections: []});
        }
        uninitialize() {
            seen.push('uninitialized');
        }
    }
    window.registerPlugin('fixture', new Fixture());
})();
