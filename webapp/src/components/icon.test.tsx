import {render, screen} from '@testing-library/react';
import React from 'react';
import {IntlProvider} from 'react-intl';
import {Provider} from 'react-redux';
import {expect, test} from 'vitest';
import en from '../../i18n/en.json';
import {createTestDesk} from '../../tests/render.tsx';
import {changed} from '../state/reducer.ts';
import {HeaderIcon} from './icon.tsx';

function show(waiting: number) {
    const {store} = createTestDesk();
    store.dispatch(changed({type: 'counts', counts: {waiting, mine: 0, open: 0, closed: 0}}));
    return render(
        <Provider store={store as never}>
            <IntlProvider locale="en" messages={en}>
                <button type="button">
                    <HeaderIcon />
                </button>
            </IntlProvider>
        </Provider>,
    );
}

test.each([
    [0, 'Web chats', null],
    [1, 'Web chats: 1 visitor waiting', '1'],
    [120, 'Web chats: 120 visitors waiting', '99+'],
])('%i waiting: the host gives the button no name, so it is called “%s” by what is in it', (waiting, name, number) => {
    const {container} = show(waiting);
    expect(screen.getByRole('button', {name})).toBeTruthy();
    expect(container.querySelector('text')?.textContent ?? null).toBe(number);
});
