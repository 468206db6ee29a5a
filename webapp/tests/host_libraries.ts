/** What the web app has on `window` for plugins; bundle.test.ts builds it once with React 18 and once with 19. */
import * as React from 'react';
import * as ReactDOM from 'react-dom';
import {createRoot} from 'react-dom/client';
import * as ReactIntl from 'react-intl';
import * as ReactRedux from 'react-redux';
import * as Redux from 'redux';

Object.assign(window, {React, ReactDOM: {...ReactDOM, createRoot}, ReactIntl, ReactRedux, ReactRouterDom: {}, Redux, Luxon: {}});
