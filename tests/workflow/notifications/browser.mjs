// Opens pages in headless Chromium. Each line of its input is JSON: {file, width, colorScheme}. For each it
// prints a line of JSON: what the page shows, its console messages and its number of requests; or {error}.
import chromium from '@sparticuz/chromium'
import { chromium as playwright } from 'playwright-core'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const executablePath = await chromium.executablePath()
// Without chromium.args: they make Chromium one process, which has crashed when it started.
const browser = await playwright.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })

async function open({ file, width, colorScheme }) {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
  const messages = [], requests = []
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(String(error)))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  const seen = await page.evaluate(() => ({
    title: document.title,
    text: document.body.innerText,
    width: document.documentElement.scrollWidth,
    background: getComputedStyle(document.body).backgroundColor,
    color: getComputedStyle(document.body).color,
    elements: [...document.querySelectorAll('*')].map((element) => element.localName),
    cut: [...document.querySelectorAll('li')]
      .filter((item) => item.scrollWidth > item.clientWidth || item.scrollHeight > item.clientHeight)
      .map((item) => item.innerText),
    bars: [...document.querySelectorAll('.bar i')].map((bar) => bar.getBoundingClientRect().width),
  }))
  await page.close()
  return { ...seen, messages, requests: requests.length }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await open(JSON.parse(line)).catch((error) => ({ error: String(error) }))
  console.log(JSON.stringify(answer))
}
await browser.close()
