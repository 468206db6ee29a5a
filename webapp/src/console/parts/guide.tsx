import React from 'react';
import {beside} from '../../later.tsx';
import {Say} from '../words.tsx';

/** Lies beside the script: it is there when the bridge is not. */
export const Guide = () => (
    <a href={beside('setup.html')} target="_blank" rel="noopener noreferrer">
        <Say id="ireserve.console.guide" />
    </a>
);
