import { mount } from 'svelte'
import App from './App.svelte'
import { appearance } from './lib/appearance.svelte'
import { speech } from './lib/speech.svelte'
import './theme.css'

appearance.begin()
await speech.begin()
mount(App, { target: document.body })
