// Where the county's house is: the one line that whoever publishes the mini program changes.

export const ADDRESS = 'https://cunzhantong.example';

// Where the developer tools look for a house on the same machine (make run).
export const TRIAL_ADDRESS = 'http://127.0.0.1:8000';
