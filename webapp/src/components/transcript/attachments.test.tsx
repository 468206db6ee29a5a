import type {Post} from '@mattermost/types/posts';
import {fireEvent, render, screen} from '@testing-library/react';
import React from 'react';
import {IntlProvider} from 'react-intl';
import {Provider} from 'react-redux';
import {expect, test} from 'vitest';
import en from '../../../i18n/en.json';
import {createHostStore, hostState} from '../../../tests/render.tsx';
import {post} from '../../../tests/servers.ts';
import {Attachments} from './attachments.tsx';

const lake = {id: 'f1', name: 'lake.png', mime_type: 'image/png', size: 2048, has_preview_image: true, width: 640, height: 400};

function show(shown: Post, known: object) {
    const state = hostState();
    Object.assign(state.entities, {files: {files: known}});
    return render(
        <Provider store={createHostStore(state) as never}>
            <IntlProvider locale="en" messages={en}>
                <Attachments post={shown} />
            </IntlProvider>
        </Provider>,
    );
}

const kept = post({id: 'p1', file_ids: ['f1'], metadata: {} as Post['metadata']});

test('files that the host has taken out of the post are found where it keeps them', () => {
    show(kept, {f1: lake});
    expect(screen.getByRole('img', {name: 'lake.png'}).getAttribute('src')).toMatch(/\/api\/v4\/files\/f1\/preview$/);
});

test('files of a post we asked for ourselves are in it', () => {
    show({...kept, metadata: {files: [lake]} as unknown as Post['metadata']}, {});
    expect(screen.getByRole('img', {name: 'lake.png'})).toBeTruthy();
});

test('of files nobody has told of, only the number is shown', () => {
    show(kept, {});
    expect(screen.getByText('1 file')).toBeTruthy();
});

test('a picture that can’t be shown is one to download', () => {
    show(kept, {f1: lake});
    fireEvent.error(screen.getByRole('img'));
    expect(screen.getByRole('link', {name: /lake.png/}).getAttribute('download')).toBe('lake.png');
});
